import { EPOCH_END } from '@pollux/protocol'
import type { ReplicaParts } from '../replica-parts.ts'
import type { RunKey } from '../checkpoint/run-key.ts'

/**
 * The last service of a display. That its last rows are final, and that the stream has ended, is known only
 * when the run is finished, and clients may be on their way to it from its twin just then. So a replica that
 * has all of the output stays for `lingerMs`: it processes nothing and writes nothing any more, it shows.
 */
export class Linger {
  readonly #p: ReplicaParts
  #since: number | null = null

  constructor(parts: ReplicaParts) {
    this.#p = parts
  }

  get on(): boolean {
    return this.#since !== null
  }

  /** The run has ended: true while there is somebody to stay for. Only a member in its state `serves`. */
  stays({ run, state }: RunKey, serves: boolean): boolean {
    const { context, body } = this.#p
    const { stage } = context.identity.place
    if (stage.kind !== 'egress' || stage.sink !== 'resumable') return false
    // One that lacks rows cannot show the end: its clients are better off with its twin.
    if (state.kind !== 'finished' || run !== context.run || !serves || body.at !== EPOCH_END) return false
    this.#since ??= context.now
    return context.now - this.#since < context.limits.lingerMs
  }
}
