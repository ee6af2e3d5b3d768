import { EPOCH_END, type PairId } from '@pollux/protocol'
import type { ProcessModel } from '../world/process-model.ts'

/**
 * Which displays owe their clients the end: those of which a replica had all of the output when the run was
 * finished. Whatever a client may lack it can show, unless something strikes it from then on.
 */
export class EndWatch {
  #finishedAt = 0
  #whole: readonly ProcessModel[] = []

  /** The run has just been finished. */
  onFinished(now: number, processes: Iterable<ProcessModel>): void {
    this.#finishedAt = now
    this.#whole = [...processes].filter((worker) => {
      const { stage } = worker.identity.place
      const { body, life } = worker.replica
      const shows = stage.kind === 'egress' && stage.sink === 'resumable'
      return shows && worker.alive && life.serves && body.at === EPOCH_END
    })
  }

  owes(pair: PairId): boolean {
    return this.#whole.some((worker) => worker.identity.place.id === pair && !this.#struck(worker))
  }

  /** Killed, stopped, or removed from its pair for something that had happened before. */
  #struck({ alive, exited, hungUntil }: ProcessModel): boolean {
    return (!alive && exited?.reason !== 'ended') || hungUntil > this.#finishedAt
  }
}
