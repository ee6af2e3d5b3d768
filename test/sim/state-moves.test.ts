import { describe, expect, it } from 'vitest'
import { PIPELINES } from './pipelines/catalogue.ts'
import { StateMoveCount } from './state-moves.ts'

/** In so many schedules it is met; most pipelines need a few. */
const SEEDS_MOST = 40

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
