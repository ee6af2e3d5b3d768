import { epoch } from '@pollux/protocol'
import type { ProgressMessage } from '@pollux/protocol'
import { CatchUp } from '../src/catch-up/catch-up.ts'
import { frameAt, sealAt } from './items.ts'
import { PairBench } from './pair-bench.ts'
import { viewOf } from './views.ts'

const LIMITS = { heartbeatMs: 50, yieldShare: 0.1, silenceMs: 250, removeMs: 1000, joinQueueBytes: 96 }

/** A replica of `sums/0`, amid catching up on either side. */
export class CatchUpBench extends PairBench {
  readonly catchUp = new CatchUp(this.parts, this.twin)

  constructor() {
    super('sums/0', { limits: LIMITS })
  }

  /** Epoch `e` arrives: one row, and the seal. Every epoch before it has come already. */
  receives(e: number): this {
    const { channel } = this.parts.inputs.ports[0]!
    channel.receive(frameAt(channel.next, e))
    channel.receive(sealAt(channel.next, e + 1))
    return this
  }

  processes(...epochs: number[]): this {
    for (const e of epochs) this.receives(e)
    this.parts.body.work()
    return this
  }

  hears(progress: Partial<ProgressMessage>): this {
    this.catchUp.onProgress({ kind: 'progress', at: epoch(0), kept: [], final: 0, durable: 0, ...progress })
    return this
  }
}

export const JOINING = viewOf({ members: ['a1'], joining: 'b2' })

/** We are the member `a1`; the view has let `b2` in, whose link is open. */
export function survivor(): CatchUpBench {
  const bench = new CatchUpBench().viewed(JOINING).linked('b2')
  bench.parts.stance.role = 'member'
  return bench
}
