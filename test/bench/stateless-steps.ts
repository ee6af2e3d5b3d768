import { type Batch, BatchBuilder } from '@pollux/protocol'
import { type Columns, compile, pipeline, type RowSchema, schema, type Stream, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import type { BesideByHand } from './beside-by-hand.ts'
import { framed, NO_SINK, ROWS } from './bench-rows.ts'

const PROVINCES = Array.from({ length: 34 }, (_, code) => `province ${code}`)
const Order = schema({ at: t.timestamp(), province: t.symbol(PROVINCES), amount: t.money(), id: t.text() })
const Fee = schema({ at: t.timestamp(), amount: t.money(), fee: t.float64() })
const Named = schema({ id: t.text(), amount: t.money() })
const Line = schema({ text: t.text() })
const Word = schema({ word: t.text() })

/**
 * One batch goes through the stage; what comes out is dropped. All of them live in one process at once, as
 * the stages of real pipelines do.
 */
export function stepsCases(): readonly BesideByHand[] {
  const orders = framed(Order, (row) => [
    1_700_000_000_000 + row,
    PROVINCES[(row * 7) % 34]!,
    (row * 7919) % 1000,
    `order ${row}`,
  ])
  const lines = framed(Line, (row) => [`the ${row % 7} rose is a rose ${row} of them`])
  const [at, amounts, ids] = [orders.float64(0), orders.float64(2), orders]
  const [outAt, outAmount, outFee] = Array.from({ length: 3 }, () => new Float64Array(ROWS)) as [
    F64,
    F64,
    F64,
  ]
  const kept = new BatchBuilder(Order.wire)
  const words = new BatchBuilder(Word.wire)
  const named = new BatchBuilder(Named.wire)
  const filterMapByHand = (): void => {
    let to = 0
    for (let row = 0; row < ROWS; row++) {
      if (!(amounts[row]! > 500 && at[row]! > 5)) continue
      outAt[to] = at[row]!
      outAmount[to] = amounts[row]! * 2
      outFee[to] = amounts[row]! / 100
      to++
    }
  }
  const mapByHand = (): void => {
    for (let row = 0; row < ROWS; row++) {
      outAt[row] = at[row]!
      outAmount[row] = amounts[row]! * 2
      outFee[row] = amounts[row]! / 100
    }
  }
  return [
    {
      name: 'filter on two numbers, map to three columns',
      rows: ROWS,
      run: runnerOf('filter-map', Order, orders, (stream) =>
        stream
          .filter((row) => row.amount > 500 && row.at > 5)
          .map(Fee, (row) => ({ at: row.at, amount: row.amount * 2, fee: row.amount / 100 }))
          .egress('out', NO_SINK),
      ),
      byHand: filterMapByHand,
    },
    {
      name: 'map of two numbers to three columns',
      rows: ROWS,
      run: runnerOf('map', Order, orders, (stream) =>
        stream
          .map(Fee, (row) => ({ at: row.at, amount: row.amount * 2, fee: row.amount / 100 }))
          .egress('out', NO_SINK),
      ),
      byHand: mapByHand,
    },
    {
      name: 'the same in `mapBatch`',
      rows: ROWS,
      run: runnerOf('map-batch', Order, orders, (stream) =>
        stream
          .mapBatch(Fee, ({ at: when, amount }, made, rows) => {
            for (let row = 0; row < rows; row++) {
              made.at[row] = when[row]!
              made.amount[row] = amount[row]! * 2
              made.fee[row] = amount[row]! / 100
            }
          })
          .egress('out', NO_SINK),
      ),
      byHand: mapByHand,
    },
    {
      name: 'filter and map, with the policy skip',
      rows: ROWS,
      run: runnerOf('skip', Order, orders, (stream) =>
        stream
          .filter((row) => row.amount > 500 && row.at > 5, { onError: 'skip' })
          .map(Fee, (row) => ({ at: row.at, amount: row.amount * 2, fee: row.amount / 100 }), {
            onError: 'skip',
          })
          .egress('out', NO_SINK),
      ),
      byHand: filterMapByHand,
    },
    {
      name: 'two maps and two filters',
      rows: ROWS,
      run: runnerOf('maps', Order, orders, (stream) =>
        stream
          .map(Fee, ({ at: when, amount }) => ({ at: when, amount, fee: amount / 100 }))
          .filter(({ fee }) => fee > 1)
          .map(Fee, ({ at: when, amount, fee }) => ({ at: when, amount: amount + 1, fee: fee * 2 }))
          .filter(({ amount }) => amount < 900)
          .egress('out', NO_SINK),
      ),
      byHand: () => {
        let to = 0
        for (let row = 0; row < ROWS; row++) {
          const fee = amounts[row]! / 100
          if (!(fee > 1 && amounts[row]! + 1 < 900)) continue
          outAt[to] = at[row]!
          outAmount[to] = amounts[row]! + 1
          outFee[to] = fee * 2
          to++
        }
      },
    },
    {
      name: 'filter that keeps half, with a text and a symbol on board',
      rows: ROWS,
      run: runnerOf('filter', Order, orders, (stream) =>
        stream.filter(({ amount }) => amount > 500).egress('out', NO_SINK),
      ),
      byHand: () => {
        kept.reset()
        for (let row = 0; row < ROWS; row++) if (amounts[row]! > 500) kept.appendRow(orders, row)
      },
    },
    {
      name: 'map that passes a text on',
      rows: ROWS,
      run: runnerOf('text', Order, orders, (stream) =>
        stream.map(Named, ({ id, amount }) => ({ id, amount: amount * 2 })).egress('out', NO_SINK),
      ),
      byHand: () => {
        named.reset()
        named.reserve(ROWS)
        const [id, amount] = [named.columns[0]!, named.columns[1]!.data]
        for (let row = 0; row < ROWS; row++) {
          id.putText(row, ids.text(3, row))
          amount[row] = amounts[row]! * 2
        }
        named.rows = ROWS
      },
    },
    {
      name: 'flatMap of lines to words (8.4 of each)',
      rows: ROWS,
      run: runnerOf('words', Line, lines, (stream) =>
        stream
          .flatMap(Word, ({ text }, emit) => {
            for (const word of text.split(' ')) emit({ word })
          })
          .egress('out', NO_SINK),
      ),
      byHand: () => {
        words.reset()
        const [column] = words.columns
        for (let row = 0; row < ROWS; row++) {
          for (const word of lines.text(0, row).split(' ')) {
            words.reserve(1)
            column!.putText(words.rows, word)
            words.rows++
          }
        }
      },
    },
  ]
}

type F64 = Float64Array

function runnerOf<C extends Columns>(
  name: string,
  rowSchema: RowSchema<C>,
  batch: Batch,
  define: (stream: Stream<C>) => void,
): () => void {
  const made = pipeline(name, ({ ingress }) => define(ingress('rows', namedSource(rowSchema))))
  const operator = compile(made, undefined).operators('rows', 0)
  const context = { epoch: 0, now: 0, watermarkBefore: 0 } as Parameters<typeof operator.process>[2]
  const out = { emit: () => undefined }
  return () => operator.process(0, batch, context, out)
}
