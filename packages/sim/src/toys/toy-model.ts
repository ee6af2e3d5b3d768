import { must } from '@pollux/std'
import type { Decision, PairId, Topology } from '@pollux/protocol'
import { hashNumber, partitionOfHash } from '@pollux/protocol'
import { chain, type ToyRow } from './toy-rows.ts'
import { WINDOW_MS } from './toy-operators.ts'

/** Rows of an epoch, or the end of a range of epochs. */
type Item =
  | { readonly epoch: number; readonly row: ToyRow }
  | { readonly to: number; readonly watermark: number; readonly idle: boolean }

export interface ModelRow extends ToyRow {
  readonly epoch: number
}

/**
 * The pipeline without pairs, epochs on the wire, or anything that can fail: each stage in turn, over the
 * whole of its input, from the decisions that became durable. What each egress partition must have shown, in
 * order.
 */
export function modelOutput(
  topology: Topology,
  decisions: ReadonlyMap<PairId, readonly Decision[]>,
  rowsOf: (pair: PairId, decision: Decision) => readonly ToyRow[],
): ReadonlyMap<PairId, readonly ModelRow[]> {
  const streams = new Map<number, Item[]>()
  const shown = new Map<PairId, ModelRow[]>()
  for (const place of topology.inOrder()) {
    const outputs = place.outputs.map((channel) => ({ channel, items: [] as Item[] }))
    for (const { channel, items } of outputs) streams.set(channel.id, items)
    const operator = modelOperator(place.stage.step)
    const emit = (epoch: number, rows: readonly ToyRow[]): void => {
      if (place.stage.kind === 'egress') shown.get(place.id)!.push(...rows.map((row) => ({ ...row, epoch })))
      for (const { channel, items } of outputs) {
        const { partitions } = topology.pair(channel.to).stage
        for (const row of rows) {
          const keyed = channel.edge.exchange.kind === 'key'
          const partition = partitionOfHash(hashNumber(row.key), topology.plan.groups, partitions)
          if (!keyed || partition === channel.toPartition) items.push({ epoch, row })
        }
      }
    }
    const seal = (to: number, watermark: number, idle: boolean): void => {
      emit(to - 1, operator.boundary(watermark))
      for (const { items } of outputs) items.push({ to, watermark, idle })
    }
    if (place.stage.kind === 'egress') shown.set(place.id, [])
    if (place.stage.kind !== 'ingress') {
      merge(
        place.inputs.map((channel) => ({
          port: channel.edge.port,
          items: must(streams.get(channel.id), 'fed'),
        })),
        (epoch, port, row) => emit(epoch, operator.process(port, row)),
        seal,
      )
      continue
    }
    for (const decision of decisions.get(place.id) ?? []) {
      for (const row of rowsOf(place.id, decision)) emit(decision.to - 1, operator.process(0, row))
      if (decision.seals) seal(decision.to, decision.watermark, decision.idle)
    }
  }
  return shown
}

/**
 * Rows by (epoch, channel order, place); a boundary wherever some channel has one, once all have reached it.
 */
function merge(
  inputs: readonly { readonly port: number; readonly items: readonly Item[] }[],
  onRow: (epoch: number, port: number, row: ToyRow) => void,
  onBoundary: (to: number, watermark: number, idle: boolean) => void,
): void {
  const ends = new Set(
    inputs.flatMap(({ items }) => items.flatMap((item) => ('to' in item ? [item.to] : []))),
  )
  const reached = Math.min(
    ...inputs.map(({ items }) => Math.max(0, ...items.map((i) => ('to' in i ? i.to : 0)))),
  )
  const next = inputs.map(() => 0)
  const marks = inputs.map(() => ({ watermark: Number.MIN_SAFE_INTEGER, idle: false }))
  let watermark = Number.MIN_SAFE_INTEGER
  for (const to of [...ends].sort((a, b) => a - b)) {
    if (to > reached) return
    inputs.forEach(({ port, items }, index) => {
      for (;;) {
        const item = items[next[index]!]
        if (item === undefined || ('to' in item ? item.to : item.epoch + 1) > to) return
        next[index]!++
        if ('to' in item)
          marks[index] = { watermark: Math.max(marks[index]!.watermark, item.watermark), idle: item.idle }
        else onRow(item.epoch, port, item.row)
      }
    })
    const awake = marks.filter((mark) => !mark.idle)
    if (awake.length > 0) watermark = Math.max(watermark, Math.min(...awake.map((mark) => mark.watermark)))
    onBoundary(to, watermark, awake.length === 0)
  }
}

interface ModelOperator {
  process(port: number, row: ToyRow): readonly ToyRow[]
  boundary(watermark: number): readonly ToyRow[]
}

const KEY_SPAN = 65_536

/** Nothing happens at a boundary. */
function nothing(): readonly ToyRow[] {
  return []
}

function modelOperator(step: string): ModelOperator {
  if (step === 'mangle') {
    return {
      process: (port, row) => {
        if (row.id % 11 === 3) return []
        const once = { ...row, value: row.value * 2 + port }
        return row.id % 13 === 5 ? [once, { ...row, id: row.id + 0.5 }] : [once]
      },
      boundary: nothing,
    }
  }
  if (step === 'chain') {
    const hashes = new Map<number, number>()
    return {
      process: (_port, row) => {
        const hash = chain(hashes.get(row.key) ?? 0, row.id, row.value)
        hashes.set(row.key, hash)
        return [{ ...row, value: hash }]
      },
      boundary: nothing,
    }
  }
  if (step === 'windows') return modelWindows()
  return { process: (_port, row) => [row], boundary: nothing }
}

function groupOf(key: number): number {
  return hashNumber(key) & 15
}

function modelWindows(): ModelOperator {
  const sums = new Map<number, { sum: number; count: number; key: number; end: number }>()
  return {
    process: (_port, row) => {
      const window = Math.floor(row.at / WINDOW_MS)
      const id = window * KEY_SPAN + row.key
      const held = sums.get(id) ?? { sum: 0, count: 0, key: row.key, end: (window + 1) * WINDOW_MS }
      sums.set(id, { ...held, sum: held.sum + row.value, count: held.count + 1 })
      return []
    },
    boundary: (watermark) => {
      const closed = [...sums].filter(([, one]) => one.end <= watermark)
      for (const [id] of closed) sums.delete(id)
      // By key group, and in order of first appearance within one: the order is a function of the data (P4).
      return closed
        .map(([id, one], place) => ({ id, one, place }))
        .sort((a, b) => groupOf(a.one.key) - groupOf(b.one.key) || a.place - b.place)
        .map(({ id, one }) => ({ id, key: one.key, at: one.end, value: one.sum + one.count / 1024 }))
    },
  }
}
