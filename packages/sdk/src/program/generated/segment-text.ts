import type { BatchBuilder, Column } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { StageProgram, StepProgram, Target } from '../../compile/stage-program.ts'
import { failedFeed } from '../failed-rows.ts'
import { readRow, checkReturned } from '../row-object.ts'
import { isPlain, shapeText } from './column-text.ts'
import { emitterOf } from './emitter-text.ts'
import { copyRow, gather } from './gather.ts'
import { MadeText, MISFIT, NO_ROW, whyNoRow } from './made-text.ts'
import { columnsFor, objectText, ReadText } from './read-text.ts'
import type { Relay } from './relay.ts'
import { sinkOf } from '../sink-of.ts'
import { keptKey, type SegmentPlan } from './segment-plan.ts'
import { TextWriter } from './text-writer.ts'
import type { RowSchema } from '../../schema/row-schema.ts'

/** What the text of a loop is made for. */
export interface SegmentParts {
  readonly program: StageProgram
  readonly plan: SegmentPlan
  readonly sinks: readonly BatchBuilder[]
  readonly relays: ReadonlyMap<string, Relay>
  /** At most so many rows are gone through in one call. */
  readonly rowsMax: number
  readonly name: string
}

/** A row at one place of the text: of the loop's input (`made` is null), or as a callback has made it. */
interface RowText {
  readonly schema: RowSchema
  readonly made: MadeText | null
}

/** The text around the call of a callback. */
interface CallText {
  readonly before: string
  readonly inside: () => void
  /** Takes back what a callback has done before it threw. */
  readonly undo?: string
  /** What is told of a failure, where that is not the `error` that was caught. */
  readonly error?: string
  /** What follows where nothing was thrown. */
  readonly after: () => void
}

/** Writes the text of one loop: a function of (rows, from, to). */
export class SegmentText {
  readonly writer = new TextWriter()
  readonly #body: TextWriter
  readonly #parts: SegmentParts
  readonly #reads: ReadText
  /** Of rows, as callbacks get and make them. */
  readonly #shapes = new Set<string>()
  #places = 0

  constructor(parts: SegmentParts) {
    this.#parts = parts
    this.#body = new TextWriter(this.writer)
    const { feed, sinks } = parts.plan
    this.#reads = new ReadText(feed.schema, this.#body, false)
    this.#body.open('for (let r = from; r < to; r++)')
    this.#targets(feed.next, { schema: feed.schema, made: null })
    this.#body.close()
    const { writer } = this
    for (const shape of this.#shapes) writer.line(shape)
    writer.open('return function loop(rows, from, to)')
    this.#reads.open(writer)
    for (const sink of sinks.keys()) this.#openSink(sink)
    writer.part(this.#body)
    for (const sink of sinks.keys()) this.#closeSink(sink)
    writer.close()
  }

  #targets(next: readonly Target[], row: RowText): void {
    for (const target of next) {
      if (target.to === 'step') this.#step(target.index, row)
      else this.#sink(sinkOf(this.#parts.program, target), row)
    }
  }

  #step(index: number, row: RowText): void {
    const step = this.#parts.program.steps[index]!
    const { node } = step
    if (node.kind === 'map') this.#map(index, step, row)
    else if (node.kind === 'flat-map') this.#flatMap(index, step, row)
    else this.#choose(index, step, row)
  }

  /** A filter is a branch of one condition whose rest goes nowhere. */
  #choose(index: number, step: StepProgram, row: RowText): void {
    const { node, feeds } = step
    if (node.kind !== 'filter' && node.kind !== 'branch') return
    const body = this.#body
    const conditions = node.kind === 'filter' ? [node.keeps] : node.conditions
    const outputs = node.kind === 'filter' ? 1 : conditions.length + 1
    const calls = conditions.map((holds, at) => `${this.#call(`f${index}_${at}`, holds, row)})`)
    const toFirst = (tests: readonly string[]): void => {
      for (let output = 0; output < outputs; output++) {
        const test = tests[output] === undefined ? '' : `if (${tests[output]})`
        if (output === 0) body.open(test)
        else body.close(`else ${test}`.trimEnd())
        this.#targets(feeds[output]!.next, row)
      }
      body.close()
    }
    if (node.onError === 'fail') return toFirst(calls)
    const chosen = `output${this.#places++}`
    const choice = `${calls.map((call, at) => `${call} ? ${at} : `).join('')}${calls.length}`
    this.#guarded(index, step, row, {
      before: `let ${chosen}`,
      inside: () => body.line(`${chosen} = ${choice}`),
      after: () => toFirst(Array.from({ length: outputs }, (_, output) => `${chosen} === ${output}`)),
    })
  }

  #map(index: number, step: StepProgram, row: RowText): void {
    const { node, feeds } = step
    if (node.kind !== 'map') return
    const { schema } = feeds[0]!
    const place = this.#places++
    const made = new MadeText(this.#body, schema, place)
    this.#shapes.add(shapeText(schema.wire.columns))
    const call = this.#call(`f${index}`, node.change, row)
    const misfit = this.#body.bind('misfit', MISFIT)
    const noRow = this.#body.bind('noRow', NO_ROW)
    const whyNot = this.#body.bind('whyNoRow', whyNoRow)
    this.#guarded(index, step, row, {
      before: made.declaration,
      inside: () => {
        this.#body.line(`const made${place} = ${call})`)
        made.take(`made${place}`, `throw ${noRow}`, `throw ${misfit}`)
      },
      error: `error === ${noRow} ? ${whyNot}() : error === ${misfit} ? ${made.why()} : error`,
      after: () => this.#targets(feeds[0]!.next, { schema, made }),
    })
  }

  #flatMap(index: number, step: StepProgram, row: RowText): void {
    const { node, feeds } = step
    if (node.kind !== 'flat-map') return
    const { relays, name } = this.#parts
    const key = keptKey(index, 0)
    const relay = relays.get(key)!
    const body = this.#body
    const [bound, emit] = [body.bind(`relay${key}`, relay), `emit${index}`]
    body.bind(emit, must(emitterOf(`${name}/${key}`, feeds[0]!.schema, relay), 'code can be generated'))
    const call = `${this.#call(`f${index}`, node.spread, row)}, ${emit})`
    this.#guarded(index, step, row, {
      before: `${bound}.begin()`,
      inside: () => {
        const returned = `returned${this.#places++}`
        body.line(`const ${returned} = ${call}`)
        const check = body.bind('checkReturned', checkReturned)
        body.line(`if (typeof ${returned} === 'object' && ${returned} !== null) ${check}(${returned})`)
      },
      undo: `${bound}.undo()`,
      after: () => body.line(`${bound}.end()`),
    })
  }

  /** By the policy `fail` nothing is caught: whoever runs the loop finds out what has thrown. */
  #guarded(index: number, step: StepProgram, row: RowText, call: CallText): void {
    const body = this.#body
    const isCaught = step.node.onError !== 'fail'
    const block = `step${this.#places++}`
    if (isCaught) body.open(`${block}:`)
    body.line(call.before)
    if (isCaught) body.open('try')
    call.inside()
    if (isCaught) {
      body.close('catch (error)')
      if (call.undo !== undefined) body.line(call.undo)
      this.#tell(index, step, row, call.error ?? 'error')
      body.line(`break ${block}`)
      body.close()
    }
    call.after()
    if (isCaught) body.close()
  }

  #tell(index: number, step: StepProgram, row: RowText, error: string): void {
    const failed = failedFeed(step)
    if (failed === null) return
    const body = this.#body
    const key = keptKey(index, failed)
    const relay = body.bind(`relay${key}`, this.#parts.relays.get(key)!)
    const all = row.made === null ? `${body.bind('readRow', readRow)}(rows, r)` : this.#object(row)
    body.line(`${relay}.addFailed(${body.bind(`program${index}`, step)}, ${all}, ${error})`)
  }

  /** `f(row` as text, without the closing parenthesis. */
  #call(name: string, callback: unknown, row: RowText): string {
    return `${this.#body.bind(name, callback)}(${this.#object(row, columnsFor(row.schema, callback))}`
  }

  /** An object of a fixed shape, with these columns. */
  #object(row: RowText, columns: readonly Column[] = row.schema.wire.columns): string {
    this.#shapes.add(shapeText(columns))
    return objectText(columns, (index) => row.made?.value(index) ?? this.#reads.value(index))
  }

  #sink(sink: number, row: RowText): void {
    const body = this.#body
    if (this.#parts.plan.sinks.get(sink)!.copies) return body.line(`chosen_${sink}[count_${sink}++] = r`)
    const target = body.bind(`sink_${sink}`, this.#parts.sinks[sink]!)
    if (row.made === null) body.line(`${body.bind('copyRow', copyRow)}(${target}, next_${sink}, rows, r)`)
    else row.made.write(`columns_${sink}`, `next_${sink}`, (index) => `data_${sink}_${index}`)
    body.line(`next_${sink}++`)
  }

  #openSink(sink: number): void {
    const { writer } = this
    const { plan, sinks, rowsMax } = this.#parts
    const { places, copies } = plan.sinks.get(sink)!
    const target = writer.bind(`sink_${sink}`, sinks[sink]!)
    if (copies) {
      writer.bind(`chosen_${sink}`, new Int32Array(rowsMax * places))
      writer.line(`let count_${sink} = 0`)
      return
    }
    // Room for all that may come, so that the arrays stay where they are.
    writer.line(`${target}.reserve((to - from) * ${places})`)
    for (const { column } of sinks[sink]!.columns) {
      const builder = writer.bind(`columns_${sink}_${column.index}`, sinks[sink]!.columns[column.index])
      if (isPlain(column)) writer.line(`const data_${sink}_${column.index} = ${builder}.data`)
    }
    writer.line(`let next_${sink} = ${target}.rows`)
  }

  #closeSink(sink: number): void {
    const { writer } = this
    const copies = this.#parts.plan.sinks.get(sink)!.copies
    const copied = `${writer.bind('gather', gather)}(sink_${sink}, rows, chosen_${sink}, count_${sink})`
    writer.line(copies ? copied : `sink_${sink}.rows = next_${sink}`)
  }
}
