import { describeEpoch, describeMessage, type Hello, type Message } from '@pollux/protocol'
import type {
  DisplayEvent,
  Effect,
  Input,
  PushAnswer,
  SinkReply,
  SinkRequest,
  SourceRequest,
  StoreReply,
  StoreRequest,
} from '@pollux/pair'
import { describeEvent } from './describe-event.ts'
import type { Topic } from './transcript-topics.ts'

/** One thing that happened, as a transcript may tell it. */
export interface Entry {
  readonly at: number
  /** The slot, pair or service it happened to. */
  readonly who: string
  /** What kind of thing: the word by which it is asked for. */
  readonly topic: Topic
  readonly text: string
}

/** What a step is told with: which slot a link leads to, and which push key a request has. */
export interface StepNames {
  peer(link: number): string
  key(request: number): string
}

type Told = Pick<Entry, 'topic' | 'text'>

/** The input of a step, where it says something by itself. */
export function tellInput(input: Input): Told | null {
  switch (input.kind) {
    case 'start':
      return { topic: 'starts', text: 'starts' }
    case 'sink':
      return { topic: 'sink', text: `<- sink: ${describeSinkReply(input.reply)}` }
    case 'store':
      return { topic: topicOfReply(input.reply), text: `<- store: ${describeStoreReply(input.reply)}` }
    case 'source':
      return { topic: 'source', text: `<- source: ${describeSourceReply(input.reply)}` }
    case 'push':
      return { topic: 'push', text: `<- push ${input.push.key}, ${input.push.frame.rows} rows` }
    case 'client': {
      const after = input.after === null ? 'is new' : `is back, ${describeId(input.after)}`
      return { topic: 'client', text: `<- client ${clientOf(input.client)} ${after}` }
    }
    default:
      return null
  }
}

export function tellEffect(effect: Effect, names: StepNames): Told | null {
  switch (effect.kind) {
    case 'connect':
      return { topic: effect.hello.kind, text: tellMessage(effect.to, effect.hello) }
    case 'send':
      // Their sender says so itself, as an event.
      if (effect.message.kind === 'retained' || effect.message.kind === 'loaded') return null
      return { topic: effect.message.kind, text: tellMessage(names.peer(effect.link), effect.message) }
    case 'event':
      return { topic: effect.event.kind, text: describeEvent(effect.event) }
    case 'exit':
      return { topic: 'exits', text: `exits: ${effect.reason} (${effect.detail})` }
    case 'sink':
      return { topic: 'sink', text: `-> sink: ${describeSinkRequest(effect.request)}` }
    case 'store':
      return {
        topic: topicOfRequest(effect.request),
        text: `-> store: ${describeStoreRequest(effect.request)}`,
      }
    case 'source':
      return { topic: 'source', text: `-> source: ${describeSourceRequest(effect.request)}` }
    case 'answer':
      return { topic: 'push', text: `-> push ${names.key(effect.request)}: ${describeAnswer(effect.answer)}` }
    case 'display':
      return {
        topic: `shown-${effect.event.kind}`,
        text: `-> client ${clientOf(effect.client)}: ${describeDisplay(effect.event)}`,
      }
    default:
      return null
  }
}

/** Decision logs and checkpoints are two stories. */
function topicOfRequest({ kind }: StoreRequest): Topic {
  return ['fence', 'read', 'append', 'truncate'].includes(kind) ? 'log' : 'blob'
}

function topicOfReply({ kind }: StoreReply): Topic {
  return ['image', 'names', 'done'].includes(kind) ? 'blob' : 'log'
}

/** A client reconnects under a new number, which steps by a hundred. */
function clientOf(connection: number): number {
  return connection % 100
}

function tellMessage(to: string, message: Hello | Message): string {
  return `-> ${to}: ${describeMessage(message)}`
}

function describeId(id: { readonly run: number; readonly seq: number; readonly final: number }): string {
  return `has run ${id.run} up to ${id.seq}, final ${id.final}`
}

function describeDisplay(event: DisplayEvent): string {
  switch (event.kind) {
    case 'row':
      return `row ${event.id.seq} (${event.values.join(', ')})`
    case 'final':
      return `final through ${event.through}`
    case 'rollback':
      return `rollback to ${event.to}, run ${event.id.run} begins`
    case 'reset':
      return `reset to ${event.id.seq}, ${event.rows.length} current rows`
    case 'end':
      return `end after ${event.id.seq}`
  }
}

function describeAnswer(answer: PushAnswer): string {
  if (answer.kind === 'redirect')
    return answer.address === null ? 'try the other replica' : `redirect to ${answer.address}`
  return answer.kind === 'bad-rows' ? `bad-rows (${answer.why})` : answer.kind
}

function describeSinkRequest(request: SinkRequest): string {
  switch (request.kind) {
    case 'open':
      return `open run ${request.run} generation ${request.generation}${request.create ? ', new' : ''}`
    case 'commit': {
      const range = `record ${describeEpoch(request.expect)} -> ${describeEpoch(request.record)}`
      return `commit ${range}, ${request.rows.length} rows`
    }
    case 'upsert':
      return `upsert ${request.rows.length} rows, record ${describeEpoch(request.record)}`
    case 'probe':
      return 'probe'
  }
}

function describeSinkReply(reply: SinkReply): string {
  switch (reply.kind) {
    case 'record':
    case 'committed':
      return `${reply.kind} ${describeEpoch(reply.record)}`
    case 'conflict':
      return `conflict, the record is ${describeEpoch(reply.record)}`
    case 'missing':
    case 'fenced':
    case 'unavailable':
      return reply.kind
  }
}

function describeStoreRequest(request: StoreRequest): string {
  switch (request.kind) {
    case 'fence':
      return `fence ${request.log} generation ${request.generation}`
    case 'append': {
      const first = request.entries[0]?.index
      const last = request.entries.at(-1)?.index
      return `append ${request.log} ${first === last ? first : `${first}-${last}`}`
    }
    case 'read':
      return `read ${request.log} from ${request.from}`
    case 'truncate':
      return `truncate ${request.log} through ${request.through}`
    case 'put':
      return `put ${request.blob}${request.last ? '' : ` piece ${request.piece}`}`
    case 'get':
      return `get ${request.blob}${request.from === 0 ? '' : ` from part ${request.from} on`}`
    case 'delete':
    case 'discard':
      return `${request.kind} ${request.blob}`
    case 'list':
      return `list ${request.prefix}`
    case 'reserve':
      return `reserve ${request.bytes} bytes`
  }
}

function describeStoreReply(reply: StoreReply): string {
  switch (reply.kind) {
    case 'fenced':
      return `fenced, holds ${reply.tail < reply.first ? 'nothing' : `${reply.first}-${reply.tail}`}`
    case 'appended':
      return `appended up to ${reply.tail}`
    case 'entries':
      return `${reply.entries.length} entries from ${reply.from}`
    case 'image':
      return reply.image === null ? 'no such blob' : `an image of ${reply.image.length} parts`
    case 'names':
      return describeNames(reply.names.length, reply.unfinished.length)
    case 'refused':
      return `refused (${reply.reason})`
    case 'done':
    case 'unavailable':
      return reply.kind
  }
}

function describeSourceRequest(request: SourceRequest): string {
  if (request.kind === 'probe') return 'probe'
  const { from, to } = request
  if (to !== null) return `read [${from || '0'}, ${to})`
  return `read what comes after ${from === '' ? 'the beginning' : from}`
}

function describeNames(whole: number, unfinished: number): string {
  return `${whole} names${unfinished === 0 ? '' : `, ${unfinished} unfinished`}`
}

function describeSourceReply(reply: Extract<Input, { kind: 'source' }>['reply']): string {
  if (reply.kind !== 'rows') return reply.kind
  const state = reply.ended ? ', ended' : reply.idle ? ', idle' : ''
  return `[${reply.from || '0'}, ${reply.to})${state}`
}
