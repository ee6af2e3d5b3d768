import type { PairId } from '@pollux/protocol'

/** One thing that goes wrong, at a time and, where it lasts, for a while. Plain data: it can be printed and left out. */
export type Fault =
  | { readonly kind: 'crash'; readonly at: number; readonly slot: string; readonly restartMs: number }
  | { readonly kind: 'hang'; readonly at: number; readonly slot: string; readonly forMs: number }
  | { readonly kind: 'slow'; readonly at: number; readonly slot: string; readonly forMs: number; readonly stepMs: number }
  | { readonly kind: 'cut'; readonly at: number; readonly a: string; readonly b: string; readonly forMs: number }
  | { readonly kind: 'one-way'; readonly at: number; readonly a: string; readonly b: string; readonly forMs: number }
  | { readonly kind: 'reset'; readonly at: number; readonly a: string; readonly b: string }
  | { readonly kind: 'isolate'; readonly at: number; readonly slot: string; readonly forMs: number }
  | { readonly kind: 'slow-link'; readonly at: number; readonly slot: string; readonly forMs: number; readonly ms: number }
  | { readonly kind: 'pair-loss'; readonly at: number; readonly pair: PairId; readonly restartMs: number }
  | { readonly kind: 'total-loss'; readonly at: number; readonly restartMs: number }
  | { readonly kind: 'coordinator-pause'; readonly at: number; readonly forMs: number }
  | { readonly kind: 'coordinator-flaky'; readonly at: number; readonly forMs: number }
  | { readonly kind: 'coordinator-cut'; readonly at: number; readonly slot: string; readonly forMs: number }
  | { readonly kind: 'store-pause'; readonly at: number; readonly forMs: number }
  | { readonly kind: 'store-flaky'; readonly at: number; readonly forMs: number }
  | { readonly kind: 'store-full'; readonly at: number; readonly forMs: number }
  | { readonly kind: 'store-cut'; readonly at: number; readonly slot: string; readonly forMs: number }
  | { readonly kind: 'source-pause'; readonly at: number; readonly pair: PairId; readonly forMs: number }
  | { readonly kind: 'source-cut'; readonly at: number; readonly slot: string; readonly forMs: number }
  | { readonly kind: 'sink-pause'; readonly at: number; readonly pair: PairId; readonly forMs: number }
  | { readonly kind: 'sink-flaky'; readonly at: number; readonly pair: PairId; readonly forMs: number }
  | { readonly kind: 'sink-cut'; readonly at: number; readonly slot: string; readonly forMs: number }
  | { readonly kind: 'drain'; readonly at: number }

export type FaultKind = Fault['kind']

/** `120 ms: crash count/0/a, back after 30 ms` */
export function describeFault(fault: Fault): string {
  const { kind, at, ...rest } = fault
  const details = Object.entries(rest).map(([name, value]) => `${name} ${typeof value === 'number' ? round(value) : value}`)
  return `${round(at)} ms: ${kind}${details.length > 0 ? ` (${details.join(', ')})` : ''}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
