import { assert } from '@pollux/std'
import { epoch, incarnation, run } from '@pollux/protocol'
import type {
  CoordinatorReply,
  CoordinatorRequest,
  CoordinatorValue,
  FailureRecord,
} from '../ports/coordinator.ts'
import { type ContractClaim, expectReply, sameValue } from './contract-claim.ts'
import { firstRun, type RunKey, withCheckpoint } from '../checkpoint/run-key.ts'
import { foundedView, type View, withWaiting } from '../life/view.ts'

type Claim = ContractClaim<CoordinatorRequest, CoordinatorReply>

const KEY = 'view/sums/0'
const A = { incarnation: incarnation(1), lane: 'a', address: 'a:1', fingerprint: 'same' } as const
const B = { incarnation: incarnation(2), lane: 'b', address: 'b:2', fingerprint: 'same' } as const
const VIEW: View = foundedView(null, run(1), A, true)
const OTHER: View = withWaiting(VIEW, B)
const RUN_VALUE: RunKey = withCheckpoint(firstRun('plan'), {
  run: run(1),
  epoch: epoch(40),
  parts: { 'orders/0': 'part/1/orders/0/40/41/1', 'sums/0': 'part/1/sums/0/30/Infinity/2' },
})
const FAILURE: FailureRecord = {
  kind: 'failure',
  epoch: 4,
  seq: 7,
  code: 'RangeError: "7" é',
  incarnation: 3,
}

/** What every coordinator does, by the numbers of its contract. */
export const COORDINATOR_CLAIMS: readonly Claim[] = [
  {
    name: 'reads a key that was never written as absent, at version 0',
    *steps() {
      yield* expectReply(0, read(KEY), value(KEY, 0, null))
    },
  },
  {
    name: 'shows a client what another has been told is written (C1)',
    *steps() {
      yield* expectReply(0, swap(KEY, 0, VIEW), swapped(KEY, 1))
      yield* expectReply(1, read(KEY), value(KEY, 1, VIEW))
      yield* expectReply(1, swap(KEY, 1, OTHER), swapped(KEY, 2))
      yield* expectReply(0, read(KEY), value(KEY, 2, OTHER))
    },
  },
  {
    name: 'writes only over the version named, and says what stands there otherwise (C2)',
    *steps() {
      yield* expectReply(0, swap(KEY, 1, VIEW), conflict(KEY, 0, null))
      yield* expectReply(0, swap(KEY, 0, VIEW), swapped(KEY, 1))
      yield* expectReply(1, swap(KEY, 0, OTHER), conflict(KEY, 1, VIEW))
      yield* expectReply(1, swap(KEY, 2, OTHER), conflict(KEY, 1, VIEW))
      yield* expectReply(0, read(KEY), value(KEY, 1, VIEW))
    },
  },
  {
    name: 'counts versions by one, also when the value stays the same (C2)',
    *steps() {
      for (let version = 0; version < 5; version++) {
        yield* expectReply(0, swap(KEY, version, VIEW), swapped(KEY, version + 1))
      }
      yield* expectReply(1, read(KEY), value(KEY, 5, VIEW))
    },
  },
  {
    name: 'lets one of two win that swap at the same time (C2)',
    *steps() {
      for (let version = 0; version < 10; version++) {
        const [first, second] = yield [
          { by: 0, request: swap(KEY, version, VIEW) },
          { by: 1, request: swap(KEY, version, OTHER) },
        ]
        const won = first?.kind === 'swapped' ? VIEW : OTHER
        const [winner, loser] = first?.kind === 'swapped' ? [first, second] : [second, first]
        assert(
          sameValue(winner, swapped(KEY, version + 1)),
          () => `nobody won: ${JSON.stringify([first, second])}`,
        )
        assert(sameValue(loser, conflict(KEY, version + 1, won)), () => `two won: ${JSON.stringify(loser)}`)
        yield* expectReply(0, read(KEY), value(KEY, version + 1, won))
      }
    },
  },
  {
    name: 'tells the author of a swap that is sent twice what became of the first (C3)',
    *steps() {
      yield* expectReply(0, swap(KEY, 0, VIEW), swapped(KEY, 1))
      yield* expectReply(0, swap(KEY, 0, VIEW), conflict(KEY, 1, VIEW))
    },
  },
  {
    name: 'changes nothing by a watch, and needs none (C4)',
    *steps() {
      yield [{ by: 0, request: { kind: 'watch', key: KEY } }]
      yield [{ by: 1, request: { kind: 'watch', key: KEY } }]
      yield* expectReply(0, read(KEY), value(KEY, 0, null))
      yield* expectReply(1, swap(KEY, 0, VIEW), swapped(KEY, 1))
      yield* expectReply(0, read(KEY), value(KEY, 1, VIEW))
    },
  },
  {
    name: 'keeps keys apart, also where one begins like another',
    *steps() {
      yield* expectReply(0, swap('view/sums/1', 0, VIEW), swapped('view/sums/1', 1))
      yield* expectReply(0, read('view/sums/10'), value('view/sums/10', 0, null))
      yield* expectReply(0, read('view/sums'), value('view/sums', 0, null))
    },
  },
  {
    name: 'gives back every kind of value as it was written',
    *steps() {
      const values: readonly CoordinatorValue[] = [OTHER, RUN_VALUE, FAILURE]
      for (const [index, one] of values.entries()) {
        yield* expectReply(0, swap(`key/${index}`, 0, one), swapped(`key/${index}`, 1))
        yield* expectReply(1, read(`key/${index}`), value(`key/${index}`, 1, one))
      }
    },
  },
]

function read(key: string): CoordinatorRequest {
  return { kind: 'read', key }
}

function swap(key: string, version: number, to: CoordinatorValue): CoordinatorRequest {
  return { kind: 'swap', key, version, value: to }
}

function value(key: string, version: number, held: CoordinatorValue | null): CoordinatorReply {
  return { kind: 'value', key, version, value: held }
}

function swapped(key: string, version: number): CoordinatorReply {
  return { kind: 'swapped', key, version }
}

function conflict(key: string, version: number, held: CoordinatorValue | null): CoordinatorReply {
  return { kind: 'conflict', key, version, value: held }
}
