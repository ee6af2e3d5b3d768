import { describeEpoch, EPOCH_END } from '@pollux/protocol'
import type { ReplicaEvent } from '@pollux/pair'

/** The one short text of what a replica reports about itself; begins with the kind, word for word. */
export function describeEvent(event: ReplicaEvent): string {
  switch (event.kind) {
    case 'founded':
    case 'waiting':
    case 'dropped-joiner':
      return `${event.kind} #${event.incarnation}`
    case 'joining':
      return `joining #${event.incarnation} from ${describeEpoch(event.at)}`
    case 'retained':
    case 'loaded':
    case 'joined':
    case 'succeeded':
      return event.kind
    case 'restored':
    case 'checkpoint':
      return `${event.kind} ${describeEpoch(event.epoch)}`
    case 'removed-twin':
      return `removed-twin #${event.incarnation} (${event.why})`
    case 'leading':
      return `leading generation ${event.generation}`
    case 'take-over':
      return `take-over channel ${event.channel} to #${event.incarnation}`
    case 'suspect':
      return `suspect ${event.pair} #${event.incarnation}`
    case 'part':
      return `part [${describeEpoch(event.epoch)}, ${event.to < EPOCH_END ? event.to : 'end'})`
    case 'next-run':
      return `next-run ${event.run} (${event.why})`
    case 'halted':
      return `halted (${event.code})`
    case 'diverged':
      return `diverged channel ${event.channel} (${event.detail})`
    case 'broken-frame':
      return `broken-frame channel ${event.channel} (${event.why})`
    case 'ignored':
      return `ignored ${event.what} (${event.why})`
    case 'pressure':
      return `pressure ${event.on ? 'on' : 'off'}`
    case 'asks-to-hand-over':
      return `asks-to-hand-over (${event.why})`
    case 'unavailable':
      return `unavailable ${event.outside} (${event.why})`
  }
}
