import { describe, expect, it } from 'vitest'
import { PIPELINES } from './pipelines/catalogue.ts'
import { StateMoveCount } from './state-moves.ts'

/** In so many schedules it is met; most pipelines need a few. */
const SEEDS_MOST = 40

/** What a step that remembers is. */
function kindOf(
  node: ReturnType<(typeof PIPELINES)[number]>['compiled']['drafts'][number]['nodes'][number],
): string | null {
  if (node.kind !== 'stateful' || node.step.kind === 'add') return null
  if (node.step.kind === 'process') return 'process'
  const { window } = node.step
  if (window.kind === 'hopping') return window.sizeMs === window.everyMs ? 'tumbling' : 'hopping'
  if (window.kind === 'growing') return window.sizeMs === Infinity ? 'landmark' : 'cumulative'
  return window.kind
}

it('steps of every kind are among the pipelines that are simulated', () => {
  const nodes = PIPELINES.flatMap((make) => make().compiled.drafts.flatMap((draft) => draft.nodes))
  const kinds = new Set(nodes.map(kindOf).filter((kind) => kind !== null))
  const all = ['count', 'cumulative', 'hopping', 'landmark', 'process', 'session', 'tumbling']
  expect([...kinds].sort()).toEqual(all)
})

describe('the state of every step that remembers goes through catch-up and restore', () => {
  it.each(PIPELINES.map((make, number) => [number, make] as const))('in pipeline %i', (_number, make) => {
    const tested = make()
    const count = new StateMoveCount(tested)
    let seeds = 0
    while (count.missing.length > 0 && seeds < SEEDS_MOST)
      expect(count.run(tested.schedule(++seeds)).violations).toEqual([])
    console.log(`${tested.pipeline.name}, ${seeds} schedules: ${count.describe()}`)
    expect(count.missing).toEqual([])
  })
})
