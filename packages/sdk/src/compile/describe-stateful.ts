import type { Column } from '@pollux/protocol'
import type { AggregateSpec } from '../aggregate/accumulator-parts.ts'
import { withoutFolder } from '../errors/call-site.ts'
import { whyNoCode } from '../program/loop-of.ts'
import { keyNumbers } from '../state/key-numbers.ts'
import { whyHashed, whyKeyIsHashed } from '../window/dense/why-hashed.ts'
import { durationText } from '../window/duration.ts'
import { PaneShape } from '../window/pane-shape.ts'
import type { WindowSpec } from '../window/window-spec.ts'
import type { WindowStep } from '../window/window-step.ts'
import { FAILED_ROWS } from './describe-stateless.ts'
import type { StateProgram } from './stage-program.ts'

/** A step that remembers: what it works out, and how it finds what it has kept. */
export function describeStateful(program: StateProgram): readonly string[] {
  const { where, step, key, onError } = program.node
  const place = where === '' ? '' : ` (${withoutFolder(where)})`
  const kept = key === null ? [] : [`    ${describeKeys(program, key)}`]
  if (step.kind === 'add') return [`  rows are added up for ${program.node.name}${place}`]
  if (step.kind === 'process') {
    const ttl = step.ttlMs === 0 ? '' : `, which forgets a key after ${durationText(step.ttlMs)}`
    return [`  an operator of one's own${place}${ttl}${FAILED_ROWS[onError]}`, ...kept]
  }
  const results = step.aggregates.map(({ name, spec }) => `${name} ${describeAggregate(spec)}`)
  const window = `  ${describeWindow(step.window)}${place}${FAILED_ROWS[onError]}`
  return [window, ...describeShowings(step), `    ${results.join(', ')}`, ...kept]
}

function describeKeys(program: StateProgram, key: readonly string[]): string {
  const columns = key.map((name) => program.input.wire.column(name))
  const why = whyStateIsHashed(program, columns)
  if (why !== null) return `keys in a hash table: ${why}`
  const kinds = columns.map(({ name, kind, dictionary, cap }) => {
    if (kind !== 'symbol') return `${name} is ${kind}`
    return `${name} is one of ${dictionary === null ? `up to ${cap}` : dictionary.length} texts`
  })
  return `keys index an array: ${kinds.join(', ')}`
}

/** Null where arrays are indexed by the key: of sums, or of the places where what is kept stands. */
function whyStateIsHashed(program: StateProgram, key: readonly Column[]): string | null {
  const { step } = program.node
  if (step.kind === 'add') return null
  // Without generated code only sums are found by number.
  const whyNoPlaces = (keyNumbers(key) === null ? whyKeyIsHashed(key) : null) ?? whyNoCode()
  if (step.kind === 'process') return whyNoPlaces
  switch (step.window.kind) {
    case 'hopping':
    case 'growing':
      return whyHashed(new PaneShape(program, 1)) === null ? null : whyNoPlaces
    case 'session':
      return 'those of sessions always are'
    case 'count':
      return step.ttlMs === 0 ? whyNoPlaces : 'those of counted rows are where they may be forgotten'
  }
}

function describeShowings({ latenessMs, earlyMs, ttlMs }: WindowStep): readonly string[] {
  const early = earlyMs === 0 ? [] : [`    shown early every ${durationText(earlyMs)}`]
  const late =
    latenessMs === 0 ? [] : [`    shown again when rows come up to ${durationText(latenessMs)} later`]
  const ttl = ttlMs === 0 ? [] : [`    a key is forgotten after ${durationText(ttlMs)} without a row`]
  return [...early, ...late, ...ttl]
}

function describeAggregate(spec: AggregateSpec): string {
  if (spec.op === 'own') return "by an aggregate of one's own"
  const op = spec.op === 'count-distinct' ? 'countDistinct' : spec.op
  return `${op}(${spec.column})`
}

function describeWindow(window: WindowSpec): string {
  switch (window.kind) {
    case 'hopping': {
      const [size, every] = [durationText(window.sizeMs), durationText(window.everyMs)]
      return size === every ? `windows of ${size}` : `windows of ${size}, one every ${every}`
    }
    case 'growing': {
      const { sizeMs, offsetMs, everyMs } = window
      const whole = sizeMs === Infinity ? `all since ${offsetMs}` : `windows of ${durationText(sizeMs)}`
      return `${whole}, shown every ${durationText(everyMs)} as they grow`
    }
    case 'session':
      return `sessions that end after ${durationText(window.gapMs)} without a row`
    case 'count':
      return `windows of ${window.rows} rows`
  }
}
