import {
  Batch,
  BatchBuilder,
  crc32c,
  FrameDecoder,
  FrameEncoder,
  type RowSet,
  seq,
  type Value,
} from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Feed, StageProgram, StepProgram, Target } from '../../compile/stage-program.ts'
import type { Node, StatelessNode } from '../../pipeline/graph.ts'
import type { ColumnType } from '../../schema/column-type.ts'
import { RowSchema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'
import { FAILED } from '../failed-rows.ts'
import { InterpretedLoop } from '../interpreted-loop.ts'
import type { RowLoop, Sinks } from '../row-loop.ts'
import { generatedFunction } from './generated-function.ts'
import { GeneratedLoop } from './generated-loop.ts'

const KINDS: readonly (() => ColumnType)[] = [
  t.text,
  () => t.symbol(['zj', 'gd', 'é']),
  () => t.symbol({ cap: 100_000 }),
  t.timestamp,
  t.money,
  t.float64,
  t.int32,
  t.uint16,
  t.uint8,
  t.bool,
  t.int64,
  t.bytes,
]
/** What a column of each kind holds, and what it refuses, or takes for something else. */
const VALUES: Readonly<Record<string, readonly Value[]>> = {
  text: [
    '',
    'tea',
    'a longer text that is written by the engine itself',
    'é€😀',
    '\ud800',
    'x\udfffy',
    '\ufeff',
  ],
  symbol: ['zj', 'gd', 'é'],
  timestamp: [0, -0, 1_700_000_000_000, -1, Number.MAX_SAFE_INTEGER],
  money: [0, -0, 250, -9, Number.MIN_SAFE_INTEGER],
  float64: [0, -0, Number.NaN, Infinity, 0.5, -1e300],
  int32: [0, -0, 7, -(2 ** 31), 2 ** 31 - 1],
  uint16: [0, -0, 65_535],
  uint8: [0, -0, 255],
  bool: [true, false],
  int64: [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)],
  bytes: [new Uint8Array(0), new Uint8Array([1, 2, 255])],
}
const WRONG: readonly unknown[] = [
  undefined,
  null,
  'no such symbol',
  'x'.repeat(300),
  0.5,
  2 ** 53,
  -1,
  300,
  2n ** 63n,
  true,
  [],
  new Uint8Array([9]),
]

/** Decisions, one after the other, from a list that fast-check can shrink. */
class Choices {
  readonly #numbers: readonly number[]
  #at = 0

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  below(limit: number): number {
    return this.#numbers[this.#at++ % this.#numbers.length]! % limit
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}

function randomSchema(choices: Choices): RowSchema {
  const columns: Record<string, ColumnType> = {}
  const count = 1 + choices.below(4)
  for (let index = 0; index < count; index++) {
    const type = choices.one(KINDS)()
    columns[`${type.kind}_${index}`] = choices.chance(30) ? type.optional() : type
  }
  return new RowSchema(columns)
}

/** What a callback of the tests can call; it is deterministic, and looks at what it is given very closely. */
function digest(...values: readonly unknown[]): number {
  let sum = 7
  for (const value of values) {
    const text = value instanceof Uint8Array ? value.join() : Object.is(value, -0) ? '-0' : String(value)
    for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) % 9973
    sum = (sum + text.length) % 9973
  }
  return sum
}

/** A callback whose text reads these columns, in one of the ways in which authors do. */
function callback(choices: Choices, schema: RowSchema, body: (read: (name: string) => string) => string) {
  const names = Object.keys(schema.columns)
  const form = choices.below(5)
  if (form === 0) return { parameter: 'row', body: body((name) => `row.${name}`) }
  if (form === 1) return { parameter: 'row', body: body((name) => `row['${name}']`) }
  if (form === 2) return { parameter: 'row', body: body((name) => `((all) => all.${name})(row)`) }
  if (form === 3) return { parameter: '{ ...row }', body: body((name) => `row?.${name}`) }
  const used = new Set<string>()
  const text = body((name) => {
    used.add(name)
    return name
  })
  return { parameter: `{ ${names.filter((name) => used.has(name)).join(', ')} }`, body: text }
}

function made(parameters: string, body: string, given: Readonly<Record<string, unknown>>): unknown {
  const text = `return (${parameters}) => { ${body} }`
  return generatedFunction('test/callback', Object.keys(given), text)!(...Object.values(given))
}

function condition(choices: Choices, schema: RowSchema, fails: boolean): (row: object) => boolean {
  const names = Object.keys(schema.columns).filter(() => choices.chance(50))
  const modulus = 2 + choices.below(3)
  const text = callback(choices, schema, (read) => {
    const sum = `digest(${names.map(read).join(', ')})`
    const thrown = fails ? `if (${sum} % 5 === 1) throw new TypeError('cannot: ' + ${sum});` : ''
    // What a callback writes into its row, or into bytes of it, nobody else sees.
    const bytes = Object.keys(schema.columns).filter((name) => schema.columns[name]!.kind === 'bytes')
    const written = bytes.map((name) => `${read(name)}?.fill(9);`).join(' ')
    return `${thrown} const sum = ${sum}; ${choices.chance(50) ? written : ''} return sum % ${modulus} === 0`
  })
  return made(text.parameter, text.body, { digest }) as (row: object) => boolean
}

/** Text of an object of the schema: columns passed on, values that fit, and sometimes some that do not. */
function objectText(
  choices: Choices,
  from: RowSchema,
  to: RowSchema,
  read: (name: string) => string,
  fails: boolean,
  given: Record<string, unknown>,
): string {
  const cells = Object.entries(to.columns).map(([name, { kind }]) => {
    const alike = Object.keys(from.columns).filter((one) => from.columns[one]!.kind === kind)
    const key = `value${Object.keys(given).length}`
    if (alike.length > 0 && choices.chance(50)) return `${name}: ${read(choices.one(alike))}`
    given[key] = fails && choices.chance(20) ? choices.one(WRONG) : choices.one(VALUES[kind]!)
    return `${name}: ${key}`
  })
  return `{ ${cells.join(', ')} }`
}

function randomNode(choices: Choices, from: RowSchema, to: RowSchema): StatelessNode {
  const onError = choices.one<StatelessNode['onError']>(['fail', 'fail', 'skip', 'deadLetter'])
  const fails = choices.chance(onError === 'fail' ? 10 : 60)
  const kind = choices.one(['filter', 'map', 'flat-map', 'branch'] as const)
  const time = 'timestamp_0' in from.columns && !from.columns['timestamp_0'].isOptional
  const shape = { schema: from, time: time ? { column: 'timestamp_0', plusMs: -1 } : null }
  const before = { kind: 'merge', from: [], where: '', shapes: [shape] } satisfies Node
  const base = { from: [{ node: before, output: 0 }], where: '/somewhere/sales.ts:12', shapes: [], onError }
  if (kind === 'filter') return { ...base, kind, keeps: condition(choices, from, fails) }
  if (kind === 'branch') {
    return { ...base, kind, conditions: [0, 1].map(() => condition(choices, from, fails)) }
  }
  const given: Record<string, unknown> = { digest }
  const text = callback(choices, from, (read) => {
    const names = Object.keys(from.columns)
    const object = (): string => objectText(choices, from, to, read, fails, given)
    const thrown = fails ? `if (digest(${read(choices.one(names))}) % 7 === 1) throw 'a text';` : ''
    if (kind === 'map') return `${thrown} return ${object()}`
    const emits = Array.from({ length: choices.below(3) }, () => `emit(${object()});`)
    const sometimes = `if (digest(${read(choices.one(names))}) % 3 === 0) emit(${object()});`
    return `${sometimes} ${emits.join(' ')} ${thrown}`
  })
  if (kind === 'map') {
    return { ...base, kind, change: made(text.parameter, text.body, given) } as unknown as StatelessNode
  }
  const spread = made(`${text.parameter}, emit`, text.body, given)
  return { ...base, kind, spread } as unknown as StatelessNode
}

function randomProgram(choices: Choices): StageProgram {
  const schemas = [randomSchema(choices), randomSchema(choices), FAILED as unknown as RowSchema]
  const outputs = [...schemas, ...schemas, schemas[0]!]
  const count = 1 + choices.below(5)
  const inputs = [schemas[0]!]
  while (inputs.length < count) inputs.push(choices.one(schemas.slice(0, 2)))
  const feedOf = (schema: RowSchema, after: number): Feed => {
    const targets: Target[] = []
    inputs.forEach((input, index) => {
      if (index > after && input === schema && choices.chance(60)) targets.push({ to: 'step', index })
    })
    outputs.forEach((output, index) => {
      const inState = index === outputs.length - 1
      if (output !== schema || !choices.chance(inState ? 15 : 30)) return
      targets.push(inState ? { to: 'state', index: 0 } : { to: 'output', index })
    })
    return { schema, next: targets }
  }
  const steps = inputs.map((input, index): StepProgram => {
    const to = choices.one(schemas.slice(0, 2))
    const node = randomNode(choices, input, to)
    const shapes = node.kind === 'branch' ? [input, input, input] : [node.kind === 'filter' ? input : to]
    if (node.onError === 'deadLetter') shapes.push(schemas[2]!)
    return { node, input, feeds: shapes.map((shape) => feedOf(shape, index)) }
  })
  const port: Feed = { schema: schemas[0]!, next: [{ to: 'step', index: 0 }, ...feedOf(schemas[0]!, 0).next] }
  const states = [{ input: schemas[0]! }] as unknown as StageProgram['states']
  outputs.pop()
  return { pipeline: 'p', stage: 's', ports: [port], steps, batches: [], states, outputs }
}

function randomRows(choices: Choices, { wire, columns }: RowSchema): BatchBuilder {
  const rows = new BatchBuilder(wire)
  for (let left = choices.below(12); left > 0; left--) {
    rows.appendValues(
      Object.values(columns).map(({ kind, isOptional }) =>
        isOptional && choices.chance(30) ? null : choices.one(VALUES[kind]!),
      ),
    )
  }
  return rows
}

function framed(rows: BatchBuilder): Batch {
  const frame = new FrameEncoder(rows.schema, crc32c).encode(rows, seq(0))
  const batch = new FrameDecoder(rows.schema, crc32c).decode(frame.bytes)
  if (!(batch instanceof Batch)) throw new Error(batch.detail)
  return batch
}

/** All that comes into the sinks, frame by frame, or what is thrown. */
function outcome(
  program: StageProgram,
  batches: readonly RowSet[],
  make: (sinks: Sinks) => RowLoop | null,
): readonly string[] | null {
  const schemas = [...program.outputs, ...program.states.map(({ input }) => input)]
  const rows = schemas.map(({ wire }) => new BatchBuilder(wire))
  const all = schemas.map(({ wire }) => new BatchBuilder(wire))
  const handOn = (sink: number): void => {
    for (let row = 0; row < rows[sink]!.rows; row++) all[sink]!.appendRow(rows[sink]!, row)
    rows[sink]!.reset()
  }
  const added = (sink: number): void => {
    if (rows[sink]!.rows > 5) handOn(sink)
  }
  const loop = make({ rows, added })
  if (loop === null) return null
  try {
    for (const batch of batches) loop.run(batch)
  } catch (error) {
    return [String(error)]
  }
  rows.forEach((_, sink) => handOn(sink))
  return all.map((one) => new FrameEncoder(one.schema, crc32c).encode(one, seq(0)).bytes.join())
}

it('what is generated makes the frames and the errors that are made row by row, to the bit', () => {
  const tally = { generated: 0, failed: 0 }
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 200, maxLength: 400 }), (numbers) => {
      const choices = new Choices(numbers)
      const program = randomProgram(choices)
      const port = program.ports[0]!
      const builders = [0, 1, 2].map(() => randomRows(choices, port.schema))
      const batches = [builders[0]!, framed(builders[1]!), builders[2]!]
      const plain = outcome(program, batches, (sinks) => new InterpretedLoop(program, port, sinks))
      const fast = outcome(program, batches, (sinks) => GeneratedLoop.of(program, port, sinks, 'pollux/p/s'))
      if (fast === null) return
      expect(fast).toEqual(plain)
      tally.generated++
      if (plain!.length === 1) tally.failed++
    }),
    { numRuns: 2000 },
  )
  // What was compared is most of what there is, and not only errors.
  expect(tally.generated).toBeGreaterThan(1000)
  expect(tally.failed).toBeGreaterThan(100)
  expect(tally.failed).toBeLessThan(tally.generated / 2)
})
