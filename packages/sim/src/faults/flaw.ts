import type { Random } from '@pollux/std'
import {
  BatchBuilder,
  type Emitter,
  type Operator,
  type OperatorState,
  type PairId,
  type Plan,
  Topology,
} from '@pollux/protocol'
import { appendToy, batchOfToys, toyAt, TOY_SCHEMA } from '../toys/toy-rows.ts'

/**
 * What is wrong with the user's code in this run, and not with the world: no repair helps, so the pipeline
 * must stop, by name.
 */
export type Flaw =
  /** It throws in every replica. */
  | {
      readonly kind: 'throws'
      readonly pair: PairId
      readonly where: FlawedPlace
      readonly epoch: number
    }
  /** From this epoch on one lane makes something else of its rows than its twin does. */
  | { readonly kind: 'differs'; readonly pair: PairId; readonly lane: 'a' | 'b'; readonly epoch: number }

/**
 * Among the rows from an epoch on; when it is closed; or in the framework's hands: a row among them is one
 * that no frame can hold, which nobody sees before the frame is cut. Or beside the stream: where the operator
 * makes, stores, loads or shows its state.
 */
export type FlawedPlace = (typeof IN_THE_STREAM)[number] | (typeof BESIDE_IT)[number]

const IN_THE_STREAM = ['rows', 'boundary', 'frame'] as const
const BESIDE_IT = ['factory', 'state.snapshot', 'state.encode', 'state.load', 'current'] as const

/** What a `throws` flaw says, and so does whoever halts because of it. */
export const FLAW_MESSAGE = 'the code is broken'

export function randomFlaw(random: Random, plan: Plan): Flaw {
  const places = [...new Topology(plan).pairs.values()]
  const epoch = random.between(2, 40)
  const makers = places.filter((place) => place.downstream.length > 0)
  if (random.chance(0.5)) {
    const where = random.pick<FlawedPlace>(random.chance(0.5) ? IN_THE_STREAM : BESIDE_IT)
    const pair = random.pick(where === 'frame' ? makers : places).id
    return { kind: 'throws', pair, where, epoch }
  }
  return { kind: 'differs', pair: random.pick(makers).id, lane: random.pick(['a', 'b']), epoch }
}

/** How a run is named that has halted because of a `throws` flaw. */
export function haltCode(where: FlawedPlace): RegExp {
  if (where === 'frame') return /^ColumnError: column\.integer: /
  const beside = BESIDE_IT.some((one) => one === where) ? `${where}: ` : ''
  return new RegExp(`^${beside}RangeError: ${FLAW_MESSAGE}$`)
}

/** The operator of a replica, with the flaw if it has it. `onShown` is called when it shows. */
export function withFlaw(operator: Operator, flaw: Flaw | null, slot: string, onShown: () => void): Operator {
  if (flaw === null || !slot.startsWith(`${flaw.pair}/`)) return operator
  // What it was given last: beside the stream nobody tells it where it stands.
  let seen = 0
  if (flaw.kind === 'differs' && !slot.endsWith(flaw.lane)) return operator
  const fail = (): never => {
    onShown()
    throw new RangeError(FLAW_MESSAGE)
  }
  const failsAt = (where: FlawedPlace): void => {
    if (flaw.kind !== 'throws' || flaw.where !== where) return
    // Whoever loads has seen nothing yet.
    if (where === 'state.load' || seen >= flaw.epoch) fail()
  }
  const differing = (out: Emitter, epoch: number): Emitter => {
    if (flaw.kind !== 'differs' || epoch < flaw.epoch) return out
    return {
      emit: (output, rows) => {
        if (rows.rows > 0) onShown()
        const others = new BatchBuilder(TOY_SCHEMA)
        for (let row = 0; row < rows.rows; row++) {
          const toy = toyAt(rows, row)
          appendToy(others, { ...toy, value: toy.value + 1 })
        }
        out.emit(output, others)
      },
    }
  }
  const emitMisfit = (out: Emitter): void => {
    onShown()
    // No whole milliseconds.
    out.emit(0, batchOfToys([{ id: -1, key: 0, at: 0.5, value: 0 }]))
  }
  if (flaw.kind === 'throws' && flaw.where === 'factory') fail()
  return {
    state: operator.state === null ? null : flawedState(operator.state, failsAt),
    current: () => {
      failsAt('current')
      return operator.current?.() ?? []
    },
    process: (port, rows, context, out) => {
      seen = context.epoch
      if (flaw.kind === 'throws' && flaw.where === 'rows' && context.epoch >= flaw.epoch) fail()
      operator.process(port, rows, context, differing(out, context.epoch))
      if (flaw.kind === 'throws' && flaw.where === 'frame' && context.epoch >= flaw.epoch) emitMisfit(out)
    },
    boundary: (context, out) => {
      seen = context.epoch
      operator.boundary(context, differing(out, context.epochFrom))
      const closes = context.epochFrom <= flaw.epoch && flaw.epoch < context.epochTo
      if (flaw.kind === 'throws' && flaw.where === 'boundary' && closes) fail()
    },
  }
}

function flawedState(state: OperatorState, failsAt: (where: FlawedPlace) => void): OperatorState {
  return {
    snapshot: () => {
      failsAt('state.snapshot')
      const snapshot = state.snapshot()
      return {
        groups: snapshot.groups,
        encode: (group) => {
          failsAt('state.encode')
          return snapshot.encode(group)
        },
        release: () => snapshot.release(),
      }
    },
    load: (group, bytes) => {
      failsAt('state.load')
      state.load(group, bytes)
    },
  }
}
