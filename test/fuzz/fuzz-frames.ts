import { Batch, BatchBuilder, crc32c, FrameDecoder, FrameEncoder, REFUSAL_NAMES } from '@pollux/protocol'
import type { Column, FrameRefusal, Value } from '@pollux/protocol'
import { assert, Random } from '@pollux/std'
import { makeCorpus } from './fuzz-corpus.ts'
import type { Specimen } from './fuzz-corpus.ts'
import { mutateFrame } from './mutate-frame.ts'

export interface FuzzPlan {
  readonly seed: number
  readonly runFrom: number
  readonly runTo: number
}

export interface FuzzReport {
  readonly runs: number
  readonly refused: number
  readonly accepted: number
  readonly byName: Readonly<Record<string, number>>
}

/** What was found: enough to do it again. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure'

  constructor(plan: FuzzPlan, run: number, specimen: Specimen, bytes: Uint8Array, cause: unknown) {
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const again = `npm run fuzz -- --seed ${plan.seed} --from ${run} --runs 1`
    super(`run ${run} of seed ${plan.seed}: ${String(cause)}\n${specimen.schema.text}\n${hex}\n${again}`, {
      cause,
    })
  }
}

/**
 * Mutates real frames and reads them. Each must be refused with a known name and leave its reader as it was,
 * or every cell of it must be readable; and one that passes the canonical check must be, to the byte, what
 * the encoder makes of its rows. A run depends on the seed and its own number only.
 */
export function fuzzFrames(plan: FuzzPlan): FuzzReport {
  const root = new Random(plan.seed)
  const corpus = makeCorpus(root.fork('corpus'))
  const byName = Object.fromEntries<number>(REFUSAL_NAMES.map((name) => [name, 0]))
  let accepted = 0
  for (let run = plan.runFrom; run < plan.runTo; run += 1) {
    const random = root.fork(`run ${run}`)
    const specimen = random.pick(corpus)
    const bytes = mutateFrame(random, specimen.bytes, random.pick(corpus).bytes)
    // Mostly with a digest that fits, or the digest would be all that is ever tested.
    if (bytes.length >= 8 && random.chance(0.9)) seal(bytes)
    const canonical = random.chance(0.5)
    try {
      const refusal = readOnce(specimen, place(random, bytes), canonical)
      if (refusal === null) accepted += 1
      else byName[refusal.refused] = (byName[refusal.refused] ?? Number.NaN) + 1
    } catch (error) {
      throw new FuzzFailure(plan, run, specimen, bytes, error)
    }
  }
  const runs = plan.runTo - plan.runFrom
  return { runs, refused: runs - accepted, accepted, byName }
}

function readOnce(specimen: Specimen, bytes: Uint8Array, canonical: boolean): FrameRefusal | null {
  const { schema, known } = specimen
  const decoder = new FrameDecoder(schema, crc32c, { canonical })
  decoder.restoreState(known)
  const batch = decoder.decode(bytes)
  if (!(batch instanceof Batch)) {
    assert(REFUSAL_NAMES.includes(batch.refused), `refused with no name of the list: ${batch.refused}`)
    assert(typeof batch.detail === 'string' && batch.detail !== '', 'refused without a detail')
    assert(sameState(decoder, known), 'a refusal changed the dictionaries')
    return batch
  }
  for (const column of schema.columns) {
    for (let row = 0; row < batch.rows; row += 1) readCell(batch, column, row)
  }
  if (canonical) assertSameAgain(specimen, batch, bytes)
  return null
}

function readCell(batch: Batch, column: Column, row: number): void {
  const value = batch.value(column.index, row)
  const where = `column ${column.name}, row ${row}`
  assert(value === null ? column.optional : fits(column, value), () => `${where}: read as ${String(value)}`)
  const hash = batch.hash(column.index, row)
  assert(hash >>> 0 === hash, () => `${where}: hash ${hash}`)
  if (column.kind === 'text' || column.kind === 'symbol') {
    assert(batch.text(column.index, row) === (value ?? ''), () => `${where}: text() and value() differ`)
  }
}

function fits(column: Column, value: Value): boolean {
  switch (column.kind) {
    case 'bool':
      return typeof value === 'boolean'
    case 'int64':
      return typeof value === 'bigint'
    case 'bytes':
      return value instanceof Uint8Array
    case 'text':
    case 'symbol':
      return typeof value === 'string'
    default:
      return typeof value === 'number'
  }
}

function assertSameAgain(specimen: Specimen, batch: Batch, bytes: Uint8Array): void {
  const encoder = new FrameEncoder(specimen.schema, crc32c)
  encoder.restoreState(specimen.known)
  const builder = new BatchBuilder(specimen.schema)
  for (let row = 0; row < batch.rows; row += 1) builder.appendRow(batch, row)
  const again = encoder.encode(builder, batch.seq).bytes
  const same = again.length === bytes.length && again.every((byte, index) => byte === bytes[index])
  assert(same, 'passed as canonical, and its rows encode otherwise')
}

function sameState(decoder: FrameDecoder, known: Specimen['known']): boolean {
  return decoder.snapshotState().every((texts, index) => texts.length === known[index]?.length)
}

/** One in four lies at an odd address, as it may in a receive buffer. */
function place(random: Random, bytes: Uint8Array): Uint8Array {
  if (!random.chance(0.25)) return bytes
  const shift = random.between(1, 7)
  const buffer = new Uint8Array(bytes.length + shift)
  buffer.set(bytes, shift)
  return buffer.subarray(shift)
}

function seal(bytes: Uint8Array<ArrayBuffer>): void {
  new DataView(bytes.buffer).setUint32(4, crc32c(bytes, 8, bytes.length), true)
}
