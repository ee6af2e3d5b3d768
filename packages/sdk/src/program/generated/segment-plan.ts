import type { Feed, StageProgram, Target } from '../../compile/stage-program.ts'
import { failedFeed } from '../failed-rows.ts'
import { sinkOf } from '../sink-of.ts'

/** A loop with more places than these would be too long for the engine to make fast. */
const PLACES_MAX = 64

/**
 * What one loop does with rows: steps, down to sinks, and down to rows that are kept for a loop of their own,
 * because nobody knows before how many there will be.
 */
export interface SegmentPlan {
  readonly feed: Feed
  readonly sinks: Map<number, SinkUse>
  readonly kept: Map<string, KeptFeed>
}

export interface SinkUse {
  /** How often a row may get there. */
  places: number
  /** Whether all that gets there are rows of the loop's input as they are. */
  copies: boolean
}

/** What a flatMap makes, or what a step could not take. */
export interface KeptFeed {
  readonly step: number
  readonly feed: number
  readonly plan: SegmentPlan
}

/**
 * Null where one loop for all of it would be too long, or where rows that are kept would meet others in a
 * sink: they would have to keep their places among them.
 */
export function planSegment(program: StageProgram, feed: Feed): SegmentPlan | null {
  const planner = new Planner(program)
  const plan = planner.plan(feed)
  return planner.misfit(plan) === null ? plan : null
}

/** Why there is no plan, for people; null where there is one. */
export function whyNoSegment(program: StageProgram, feed: Feed): string | null {
  const planner = new Planner(program)
  return planner.misfit(planner.plan(feed))
}

export function keptKey(step: number, feed: number): string {
  return `${step}_${feed}`
}

class Planner {
  readonly #program: StageProgram
  #places = 0

  constructor(program: StageProgram) {
    this.#program = program
  }

  plan(feed: Feed): SegmentPlan {
    const plan: SegmentPlan = { feed, sinks: new Map(), kept: new Map() }
    this.#targets(plan, feed.next, true)
    return plan
  }

  misfit(plan: SegmentPlan): string | null {
    const all = segmentsOf(plan)
    const sinks = all.flatMap((one) => [...one.sinks.keys()])
    const kept = all.flatMap((one) => [...one.kept.keys()])
    const isTree = new Set(sinks).size === sinks.length && new Set(kept).size === kept.length
    if (this.#places > PLACES_MAX) return `it would have more than ${PLACES_MAX} places`
    return isTree ? null : 'rows that a step makes in unknown numbers meet others in one place'
  }

  #targets(plan: SegmentPlan, next: readonly Target[], copies: boolean): void {
    for (const target of next) {
      if (++this.#places > PLACES_MAX) return
      if (target.to === 'step') this.#step(plan, target.index, copies)
      else {
        const sink = sinkOf(this.#program, target)
        const use = plan.sinks.get(sink) ?? { places: 0, copies: true }
        plan.sinks.set(sink, { places: use.places + 1, copies: use.copies && copies })
      }
    }
  }

  #step(plan: SegmentPlan, index: number, copies: boolean): void {
    const step = this.#program.steps[index]!
    const { node, feeds } = step
    const failed = failedFeed(step)
    if (failed !== null) this.#keep(plan, index, failed)
    if (node.kind === 'flat-map') this.#keep(plan, index, 0)
    else {
      const goOn = failed === null ? feeds : feeds.slice(0, failed)
      for (const { next } of goOn) this.#targets(plan, next, copies && node.kind !== 'map')
    }
  }

  #keep(plan: SegmentPlan, step: number, feed: number): void {
    const key = keptKey(step, feed)
    if (plan.kept.has(key)) return
    plan.kept.set(key, { step, feed, plan: this.plan(this.#program.steps[step]!.feeds[feed]!) })
  }
}

function segmentsOf(plan: SegmentPlan): readonly SegmentPlan[] {
  return [plan, ...[...plan.kept.values()].flatMap((kept) => segmentsOf(kept.plan))]
}
