import { describeEpoch, describePosition, samePosition } from '../position.ts'
import type { FrameMessage, SealMessage } from './channel-item.ts'
import { describeDecision } from './describe-decision.ts'
import { describeSpeaker } from './describe-speaker.ts'
import type { Hello, Message, SubscribeHello } from './message.ts'

/**
 * The one short text of a message, in logs, transcripts, pages and failures alike. A position is `epoch:seq`,
 * a range of epochs `[from, to)`, an incarnation `#5`. Digests are left out: they say nothing to a reader.
 */
export function describeMessage(message: Hello | Message): string {
  switch (message.kind) {
    case 'subscribe':
      return describeSubscribe(message)
    case 'twin':
      return `twin #${message.to} (${describeSpeaker(message.speaker)})`
    case 'frame':
      return describeFrameMessage(message)
    case 'seal':
      return describeSeal(message)
    case 'catch-up':
      return `catch-up at ${describeEpoch(message.at)}`
    case 'state-slice':
      return `state-slice ${message.index} (${message.parts.length} parts${message.last ? ', last' : ''})`
    case 'propose':
      return `propose ${describeDecision(message.decision)} generation ${message.generation}`
    case 'producing':
      return `producing ${describePosition(message.head)} durable ${describeEpoch(message.durable)}`
    case 'accept':
      return (
        `accept #${message.incarnation} head ${describePosition(message.head)} ` +
        `durable ${describeEpoch(message.durable)}`
      )
    case 'refuse':
      return `refuse ${message.reason} run ${message.run} view ${message.viewVersion}`
    case 'ack':
      return `ack ${describePosition(message.position)}`
    case 'deliver':
      return `deliver ${message.on ? 'on' : 'off'} from ${describePosition(message.from)}`
    case 'report':
      return `report #${message.incarnation} ${message.reason}`
    case 'view-news':
      return `view-news ${message.pair} version ${message.version}`
    case 'slice-stored':
      return `slice-stored ${message.index}`
    case 'accepted':
      return `accepted ${message.index}`
    case 'progress':
      return (
        `progress at ${describeEpoch(message.at)} kept (${message.kept.map(describePosition).join(', ')}) ` +
        `final ${message.final} durable ${message.durable}`
      )
    case 'durable':
    case 'behind':
    case 'record':
      return `${message.kind} ${describeEpoch(message.epoch)}`
    case 'hand-over':
      return `hand-over generation ${message.generation}`
    case 'loaded':
    case 'retained':
    case 'heartbeat':
      return message.kind
  }
}

function describeSubscribe({ speaker, to, channel, from, acked, deliver }: SubscribeHello): string {
  const behind = samePosition(from, acked) ? '' : ` acked ${describePosition(acked)}`
  const delivery = deliver ? ' deliver' : ''
  return (
    `subscribe #${to} channel ${channel} from ${describePosition(from)}${behind}${delivery} ` +
    `(${describeSpeaker(speaker)})`
  )
}

/** `7:120+3`: three rows from there on. */
function describeFrameMessage({ start, epoch, frame }: FrameMessage): string {
  return `frame ${describePosition(start)}+${frame.rows} epoch ${describeEpoch(epoch)}`
}

function describeSeal({ start, to, watermark, idle }: SealMessage): string {
  const end = `${describePosition(start)} -> ${describeEpoch(to)}`
  return `seal ${end} watermark ${describeWatermark(watermark)}${idle ? ' idle' : ''}`
}

function describeWatermark(watermark: number): string {
  if (watermark === Number.MAX_SAFE_INTEGER) return 'end'
  return watermark === Number.MIN_SAFE_INTEGER ? 'none' : String(watermark)
}
