import fc from 'fast-check'
import { incarnation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { member } from '../../test-kit/views.ts'
import { intendedView, type ViewFacts } from './own-view.ts'
import { isMember, type Member, type View } from './view.ts'

/**
 * One replica acting: which of those listed it is (or a newcomer), its lane if new, and whatever it believes.
 */
const turn = fc.record({
  actor: fc.nat(5),
  lane: fc.constantFrom('a' as const, 'b' as const),
  knocking: fc.nat(3),
  nextRun: fc.integer({ min: 0, max: 19 }),
  facts: fc.record({
    twinLost: fc.constantFrom(null, 'silent'),
    wantsLead: fc.boolean(),
    wantsReopen: fc.boolean(),
    joinerLost: fc.boolean(),
    loaded: fc.boolean(),
    atHead: fc.boolean(),
  }),
})

interface Change {
  readonly before: View | null
  readonly after: View
  readonly actor: Member
}

/** Every change that replicas, with any beliefs in any order, would write one after another. */
function history(
  turns: readonly (typeof turn extends fc.Arbitrary<infer T> ? T : never)[],
  leads: boolean,
): Change[] {
  const changes: Change[] = []
  let view: View | null = null
  let version = 0
  let currentRun = 1
  for (const { actor, lane, knocking, nextRun, facts } of turns) {
    if (nextRun === 0) currentRun++
    const listed: readonly Member[] =
      view === null ? [] : [...view.members, ...joinersOf(view), ...view.waiting]
    const self = listed[actor] ?? { ...member(`${lane}0`), address: `new at ${version}` }
    const knocks = view?.waiting[knocking]?.incarnation ?? null
    const full: ViewFacts = { ...facts, run: run(currentRun), leads, knocking: knocks }
    const intended = intendedView(view, version, self, full)
    if (intended === null) continue
    changes.push({ before: view, after: intended.view, actor: self })
    view = intended.view
    version++
  }
  return changes
}

function joinersOf(view: View): readonly Member[] {
  return view.joining === null ? [] : [view.joining]
}

function expectOfEveryChange(claim: (change: Change) => void): void {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 60 }), fc.boolean(), (turns, leads) => {
      for (const change of history(turns, leads)) claim(change)
    }),
    { numRuns: 300 },
  )
}

describe('views, whatever replicas believe (P6)', () => {
  it('list members and joiner in different lanes, at most two of them (V1)', () => {
    expectOfEveryChange(({ after }) => {
      const lanes = [...after.members, ...joinersOf(after)].map((m) => m.lane)
      expect(new Set(lanes).size).toBe(lanes.length)
    })
  })

  it('keep a member, or put the joiner in its place (V2)', () => {
    expectOfEveryChange(({ before, after }) => {
      if (before === null || before.run < after.run) {
        expect(after.members.length).toBe(1)
        return
      }
      const heirs = [...before.members, ...joinersOf(before)].map((m) => m.incarnation)
      expect(after.members.length).toBeGreaterThan(0)
      expect(after.members.every((m) => heirs.includes(m.incarnation))).toBe(true)
    })
  })

  it('change members by a member or the joiner only; an outsider adds itself to waiting (V3)', () => {
    expectOfEveryChange(({ before, after, actor }) => {
      if (before === null || before.run < after.run) return
      if (isMember(before, actor.incarnation) || before.joining?.incarnation === actor.incarnation) return
      expect({ ...after, waiting: [] }).toEqual({ ...before, waiting: [] })
      expect(after.waiting.at(-1)?.address).toBe(actor.address)
    })
  })

  it('never fall in generation, and rise in it when the lead changes hands (V4)', () => {
    expectOfEveryChange(({ before, after }) => {
      if (before === null) return
      expect(after.generation).toBeGreaterThanOrEqual(before.generation)
      if (after.leader !== before.leader) expect(after.generation).toBeGreaterThan(before.generation)
    })
  })

  it('are led by a member at an end, and by nobody elsewhere', () => {
    expectOfEveryChange(({ after }) => {
      if (after.leader !== null) expect(isMember(after, after.leader)).toBe(true)
    })
  })

  it('give an incarnation to one replica only', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
        const addresses = new Map<number, string>()
        for (const { after } of history(turns, true)) {
          for (const one of [...after.members, ...joinersOf(after), ...after.waiting]) {
            expect(addresses.get(one.incarnation) ?? one.address).toBe(one.address)
            addresses.set(one.incarnation, one.address)
          }
        }
        expect(addresses.has(incarnation(0))).toBe(false)
      }),
    )
  })
})
