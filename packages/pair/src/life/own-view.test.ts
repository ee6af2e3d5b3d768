import { incarnation, run } from '@pollux/protocol'
import type { Incarnation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { viewOf } from '../../test-kit/views.ts'
import type { Context } from '../context.ts'
import { MemoryCoordinator } from '../ports/memory-coordinator.ts'
import { OwnView, type Standing, type ViewFacts } from './own-view.ts'
import type { View } from './view.ts'

/** What may become known, one thing at a time. */
type Fact = Exclude<keyof ViewFacts, 'run' | 'leads'> | 'nothing'
/** Why the replica then writes another view; null where it leaves it as it is. */
type Outcome = string | null
type Place =
  | Exclude<Standing, 'outsider' | 'joining' | 'member'>
  | `outsider, the view is of ${'no run' | 'an older run' | 'this run' | 'a newer run'}`
  | `joining, ${'not loaded' | 'loaded'}`
  | `member, ${'alone' | 'leads a member' | 'leads a joiner' | 'follows'}`

const NONE: Record<Fact, Outcome> = {
  nothing: null,
  wantsLead: null,
  knocking: null,
  twinLost: null,
  joinerLost: null,
  wantsReopen: null,
  loaded: null,
  atHead: null,
}

/** It is nobody yet: whatever it knows, this comes first. */
const FOUND: Record<Fact, Outcome> = {
  nothing: 'found',
  wantsLead: 'found',
  knocking: 'found',
  twinLost: 'found',
  joinerLost: 'found',
  wantsReopen: 'found',
  loaded: 'found',
  atHead: 'found',
}

const WAIT: Record<Fact, Outcome> = {
  nothing: 'wait',
  wantsLead: 'wait',
  knocking: 'wait',
  twinLost: 'wait',
  joinerLost: 'wait',
  wantsReopen: 'wait',
  loaded: 'wait',
  atHead: 'wait',
}

/** Total: a standing, a company or a fact that is not in it does not compile. PAIR.md prints it. */
const TABLE: Record<Place, Record<Fact, Outcome>> = {
  unknown: NONE,
  'outsider, the view is of no run': FOUND,
  'outsider, the view is of an older run': FOUND,
  'outsider, the view is of this run': WAIT,
  'outsider, the view is of a newer run': NONE,
  waiting: NONE,
  'joining, not loaded': { ...NONE, atHead: 'caught up' },
  'joining, loaded': { ...NONE, twinLost: 'twin lost', atHead: 'caught up' },
  'member, alone': { ...NONE, knocking: 'let in', wantsReopen: 'reopen' },
  'member, leads a member': { ...NONE, knocking: 'let in', twinLost: 'twin lost', wantsReopen: 'reopen' },
  'member, leads a joiner': { ...NONE, knocking: 'let in', joinerLost: 'joiner lost', wantsReopen: 'reopen' },
  'member, follows': { ...NONE, wantsLead: 'lead', knocking: 'let in', twinLost: 'twin lost' },
  gone: NONE,
}

/** We are `a1` where we are listed; `b9` waits everywhere. */
const VIEWS: Record<Place, View | null> = {
  unknown: viewOf({ members: ['a1'], waiting: ['b9'], leader: 1 }),
  'outsider, the view is of no run': null,
  'outsider, the view is of an older run': viewOf({ run: 0, members: ['b2'], leader: 2 }),
  'outsider, the view is of this run': viewOf({ members: ['b2'], waiting: ['b9'], leader: 2 }),
  'outsider, the view is of a newer run': viewOf({ run: 2, members: ['b2'], leader: 2 }),
  waiting: viewOf({ members: ['b2'], waiting: ['b9', 'a1'], leader: 2 }),
  'joining, not loaded': viewOf({ members: ['b2'], joining: 'a1', waiting: ['b9'], leader: 2 }),
  'joining, loaded': viewOf({ members: ['b2'], joining: 'a1', waiting: ['b9'], leader: 2 }),
  gone: viewOf({ members: ['b2'], waiting: ['b9'], leader: 2 }),
  'member, alone': viewOf({ members: ['a1'], waiting: ['b9'], leader: 1 }),
  'member, leads a member': viewOf({ members: ['a1', 'b2'], waiting: ['b9'], leader: 1 }),
  'member, leads a joiner': viewOf({ members: ['a1'], joining: 'b3', waiting: ['b9'], leader: 1 }),
  'member, follows': viewOf({ members: ['a1', 'b2'], waiting: ['b9'], leader: 2 }),
}

const FACTS: ViewFacts = {
  run: run(1),
  leads: true,
  twinLost: null,
  wantsLead: false,
  wantsReopen: false,
  joinerLost: false,
  knocking: null,
  loaded: false,
  atHead: false,
}

function factsWith(...all: readonly Fact[]): ViewFacts {
  const known: Partial<Record<Fact, ViewFacts[keyof ViewFacts]>> = {}
  for (const fact of all) {
    if (fact === 'twinLost') known.twinLost = 'twin lost'
    else if (fact === 'knocking') known.knocking = incarnation(9)
    else if (fact !== 'nothing') known[fact] = true
  }
  return { ...FACTS, ...known } as ViewFacts
}

class Bench {
  readonly context: Context
  readonly own: OwnView
  readonly coordinator: MemoryCoordinator

  constructor(view: View | null, who: number, coordinator = new MemoryCoordinator(), address = 'a1') {
    this.context = contextAt('wall/0', { address, lane: address === 'a1' ? 'a' : 'b' })
    this.context.incarnation = who as Incarnation
    this.own = new OwnView(this.context)
    this.coordinator = coordinator
    if (view !== null) this.coordinator.handle({ kind: 'swap', key: 'view/wall/0', version: 0, value: view })
  }

  read(): Bench {
    this.own.key.hint()
    this.own.key.poll()
    this.answer()
    return this
  }

  answer(): void {
    for (const { id, request } of taken(this.context, 'coordinator')) {
      this.own.key.onReply(id, this.coordinator.handle(request))
    }
  }

  /** What stands there once the intention has been carried out. */
  after(facts: ViewFacts): View | null {
    this.own.intend(facts)
    this.answer()
    return this.own.view
  }
}

function standingAt(place: Place): Bench {
  const bench = new Bench(VIEWS[place], place.startsWith('outsider') ? 0 : 1)
  return place === 'unknown' ? bench : bench.read()
}

function outcomeOf(place: Place, facts: readonly Fact[]): Outcome {
  const known = place === 'joining, loaded' ? [...facts, 'loaded' as const] : facts
  return standingAt(place).own.intend(factsWith(...known))
}

describe('what a replica makes of its view, by standing and fact', () => {
  for (const place of Object.keys(TABLE) as Place[]) {
    it(`${place}: stands so, and answers every fact as the table says`, () => {
      expect(standingAt(place).own.standing).toBe(place.split(',')[0])
      const outcomes = (Object.keys(NONE) as Fact[]).map((fact) => [fact, outcomeOf(place, [fact])])
      expect(Object.fromEntries(outcomes)).toEqual(TABLE[place])
    })
  }

  it.each([
    ['member, follows', ['wantsLead', 'knocking', 'twinLost', 'joinerLost', 'wantsReopen'], 'lead'],
    ['member, follows', ['knocking', 'twinLost', 'joinerLost', 'wantsReopen'], 'let in'],
    ['member, leads a member', ['wantsLead', 'knocking', 'twinLost', 'wantsReopen'], 'let in'],
    ['member, leads a member', ['twinLost', 'wantsReopen'], 'twin lost'],
    ['member, leads a joiner', ['twinLost', 'joinerLost', 'wantsReopen'], 'joiner lost'],
    ['joining, loaded', ['twinLost', 'atHead'], 'twin lost'],
  ] as const)('%s: of %j it answers %s first', (place, facts, outcome) => {
    expect(outcomeOf(place, facts)).toBe(outcome)
  })
})

describe('the view a replica writes', () => {
  it('is founded by the first one there, whose incarnation is the version written', () => {
    const bench = new Bench(null, 0).read()
    bench.own.intend(FACTS)
    bench.answer()
    expect(bench.own.adoptIncarnation()).toBe(true)
    expect([bench.context.incarnation, bench.own.standing]).toEqual([1, 'member'])
    expect(bench.own.view?.leader).toBe(1)
  })

  it('makes the second one there wait, and gives the two different incarnations', () => {
    const first = new Bench(null, 0).read()
    const second = new Bench(null, 0, first.coordinator, 'b').read()
    for (const bench of [first, second]) {
      bench.own.intend(FACTS)
      bench.answer()
    }
    expect([first.own.adoptIncarnation(), second.own.adoptIncarnation()]).toEqual([true, false])
    second.own.intend(FACTS)
    second.answer()
    expect([second.own.adoptIncarnation(), second.own.standing]).toEqual([true, 'waiting'])
    expect([first.context.incarnation, second.context.incarnation]).toEqual([1, 2])
  })

  it('takes an incarnation that a swap of unknown outcome has given it after all', () => {
    const bench = new Bench(null, 0).read()
    bench.own.intend(FACTS)
    for (const { request } of taken(bench.context, 'coordinator')) bench.coordinator.handle(request)
    bench.context.now = 500
    bench.read()
    expect([bench.own.adoptIncarnation(), bench.context.incarnation]).toEqual([true, 1])
  })

  it('is of a newer run when the run key says so; the last replicas of an older run leave it alone', () => {
    const old = viewOf({ run: 1, members: ['a1'], leader: 1, generation: 6 })
    expect(new Bench(old, 0).read().own.intend({ ...FACTS, run: run(2) })).toBe('found')
    const newer = viewOf({ run: 2, members: ['b7'], leader: 7 })
    expect(new Bench(newer, 1).read().own.intend({ ...FACTS, wantsReopen: true })).toBe(null)
    expect(new Bench(newer, 0).read().own.intend(FACTS)).toBe(null)
  })

  it('removes the leader and takes its lead under a newer generation (V4)', () => {
    const view = standingAt('member, follows').after(factsWith('wantsLead'))
    expect(view).toEqual(viewOf({ members: ['a1'], waiting: ['b9'], leader: 1, generation: 2 }))
  })

  it('lets in the successor of a dead leader and takes its lead in one write', () => {
    const view = standingAt('member, follows').after(factsWith('knocking'))
    expect(view).toEqual(viewOf({ members: ['a1'], joining: 'b9', leader: 1, generation: 2 }))
  })

  it('does not let in a successor of its own lane: that one proves ourselves dead', () => {
    const bench = new Bench(viewOf({ members: ['a1'], waiting: ['a9'], leader: 1 }), 1).read()
    expect(bench.own.intend({ ...FACTS, knocking: incarnation(9) })).toBe(null)
  })

  it('lets a joiner succeed a dead survivor only once it is loaded (P6, V2)', () => {
    expect(standingAt('joining, not loaded').own.intend({ ...FACTS, twinLost: 'silent' })).toBe(null)
    const view = standingAt('joining, loaded').after({ ...FACTS, twinLost: 'silent', loaded: true })
    expect(view).toEqual(viewOf({ members: ['a1'], waiting: ['b9'], leader: 1, generation: 2 }))
  })

  it('has no leader where nothing outside is touched', () => {
    const bench = new Bench(viewOf({ members: ['a1', 'b2'], generation: 3 }), 1).read()
    const view = bench.after({
      ...FACTS,
      leads: false,
      twinLost: 'silent',
      wantsLead: true,
      wantsReopen: true,
    })
    expect(view).toEqual(viewOf({ members: ['a1'], generation: 3 }))
  })

  it('is not written twice while the first write is under way', () => {
    const bench = standingAt('member, leads a member')
    expect(bench.own.intend(factsWith('twinLost'))).toBe('twin lost')
    expect(bench.own.intend(factsWith('twinLost'))).toBe(null)
  })
})
