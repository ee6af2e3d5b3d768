import type { Fault, FaultKind } from './fault.ts'

/** What a kind of fault is done to. */
export type FaultTarget = 'process' | 'slot' | 'link' | 'pair' | 'source' | 'sink' | 'everything'

/** A total table: a new kind of fault must say here what it strikes, or coverage could not count it. */
export const TARGET_OF: Readonly<Record<FaultKind, FaultTarget>> = {
  crash: 'process',
  hang: 'process',
  slow: 'process',
  busy: 'process',
  isolate: 'slot',
  garble: 'slot',
  'slow-link': 'slot',
  'coordinator-cut': 'slot',
  'store-cut': 'slot',
  cut: 'link',
  'one-way': 'link',
  astray: 'link',
  reset: 'link',
  'pair-loss': 'pair',
  'source-pause': 'source',
  'source-slow': 'source',
  'source-flaky': 'source',
  'source-cut': 'source',
  'sink-pause': 'sink',
  'sink-slow': 'sink',
  'sink-flaky': 'sink',
  'sink-cut': 'sink',
  'total-loss': 'everything',
  'coordinator-pause': 'everything',
  'coordinator-slow': 'everything',
  'coordinator-flaky': 'everything',
  'store-pause': 'everything',
  'store-slow': 'everything',
  'store-flaky': 'everything',
  'store-crash': 'everything',
  'store-full': 'everything',
  drain: 'everything',
}

export const FAULT_KINDS = Object.keys(TARGET_OF) as readonly FaultKind[]

/** The slots that a fault is done to: one, both ends of a link, both lanes of a pair, or all. */
export function struckSlots(fault: Fault, all: readonly string[]): readonly string[] {
  if ('slot' in fault) return [fault.slot]
  if ('a' in fault) return [fault.a, fault.b]
  if ('pair' in fault) return [`${fault.pair}/a`, `${fault.pair}/b`]
  return all
}

/** The same fault done to `slot` instead; a link keeps its other end, unless both would be the same. */
export function aimedAt(fault: Fault, slot: string): Fault {
  if ('slot' in fault) return { ...fault, slot }
  if ('a' in fault) return { ...fault, a: slot, b: fault.b === slot ? twinSlot(slot) : fault.b }
  return 'pair' in fault ? { ...fault, pair: pairOfSlot(slot) } : fault
}

export function pairOfSlot(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('/'))
}

export function twinSlot(slot: string): string {
  return `${pairOfSlot(slot)}/${slot.endsWith('a') ? 'b' : 'a'}`
}
