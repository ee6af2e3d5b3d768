import type { Operator, OperatorFactory } from '@pollux/protocol'
import { type Outcome, type PipelineUnderTest, runSchedule, type Schedule } from '@pollux/sim/simulator'

/** How often a state, not empty, came to a joiner from its twin, and to a founder from a checkpoint. */
export interface StateMoves {
  caughtUp: number
  restored: number
}

type Tested = Pick<PipelineUnderTest<unknown>, 'compiled' | 'workload'>

/** Runs schedules of a pipeline, and counts by stage what becomes of its state. */
export class StateMoveCount {
  readonly #byStage = new Map<string, StateMoves>()
  readonly #tested: Tested
  /** By pair: groups that the replica at hand has loaded and not told of yet. */
  readonly #loaded = new Map<string, number>()

  constructor(tested: Tested) {
    this.#tested = tested
    for (const { name, nodes } of tested.compiled.drafts) {
      // What is added up where rows are made is sent off at the end of each epoch: nothing of it is kept.
      if (nodes.some((node) => node.kind === 'stateful' && node.step.kind !== 'add'))
        this.#byStage.set(name, { caughtUp: 0, restored: 0 })
    }
  }

  /** What has not been met yet. */
  get missing(): readonly string[] {
    return [...this.#byStage].flatMap(([stage, { caughtUp, restored }]) => [
      ...(caughtUp > 0 ? [] : [`${stage} caught up`]),
      ...(restored > 0 ? [] : [`${stage} restored`]),
    ])
  }

  /** `sums caught up 3, restored 1`. */
  describe(): string {
    const told = [...this.#byStage].map(
      ([stage, { caughtUp, restored }]) => `${stage} caught up ${caughtUp}, restored ${restored}`,
    )
    return told.length === 0 ? 'no step remembers' : told.join('; ')
  }

  run(schedule: Schedule): Outcome {
    const { workload } = this.#tested
    const counting = {
      sinkKeys: workload.sinkKeys,
      sourceRows: (...said: Parameters<typeof workload.sourceRows>) => workload.sourceRows(...said),
      operators: (...said: Parameters<typeof workload.operators>) =>
        this.#counting(workload.operators(...said)),
      expected: (...said: Parameters<typeof workload.expected>) => workload.expected(...said),
    }
    return runSchedule(
      schedule,
      (simulation) => {
        simulation.observer = (_at, slot, what) => {
          if (what.kind === 'loaded') this.#moved(slot, 'caughtUp')
          else if (what.kind === 'restored') this.#moved(slot, 'restored')
        }
      },
      counting,
    )
  }

  #counting(operators: OperatorFactory): OperatorFactory {
    return (step, partition) => {
      const operator = operators(step, partition)
      const { state } = operator
      if (state === null) return operator
      const counted: Operator['state'] = {
        snapshot: () => state.snapshot(),
        load: (group, bytes) => {
          const pair = `${step}/${partition}`
          this.#loaded.set(pair, (this.#loaded.get(pair) ?? 0) + 1)
          state.load(group, bytes)
        },
      }
      return {
        state: counted,
        process: (port, rows, context, out) => operator.process(port, rows, context, out),
        boundary: (context, out) => operator.boundary(context, out),
      }
    }
  }

  /** A replica loads and says so in one step, so what was loaded of its pair is its own. */
  #moved(slot: string, how: keyof StateMoves): void {
    const [stage, partition] = slot.split('/')
    const pair = `${stage}/${partition}`
    const groups = this.#loaded.get(pair) ?? 0
    this.#loaded.delete(pair)
    const moves = this.#byStage.get(stage!)
    if (moves !== undefined && groups > 0) moves[how]++
  }
}
