import type { PairId } from '@pollux/protocol'
import type { ProtocolPhase } from '../judge/protocol-phase.ts'

/**
 * Instead of at its time, the fault strikes when, from that time on, a replica is first seen in this phase;
 * and there, wherever it was meant for. A moment that lasts two milliseconds is not met by chance.
 */
export interface Aim {
  readonly phase: ProtocolPhase
  /** Only replicas of this pair; null for any. */
  readonly pair: PairId | null
  /** Done to the replica that is seen, or to its twin: a survivor is struck while its joiner loads. */
  readonly who: 'itself' | 'twin'
  /** How long after the phase began. */
  readonly lagMs: number
}

/**
 * One thing that goes wrong, at a time and, where it lasts, for a while. Plain data: it can be printed and
 * left out.
 */
export type Fault = Misfortune & { readonly aim?: Aim }

type Misfortune =
  | { readonly kind: 'crash'; readonly at: number; readonly slot: string; readonly restartMs: number }
  | { readonly kind: 'hang'; readonly at: number; readonly slot: string; readonly forMs: number }
  | {
      readonly kind: 'slow'
      readonly at: number
      readonly slot: string
      readonly forMs: number
      readonly stepMs: number
    }
  /** It is stalled again and again: so long it is at something else, then it takes all that has come. */
  | {
      readonly kind: 'busy'
      readonly at: number
      readonly slot: string
      readonly forMs: number
      readonly stallMs: number
    }
  | {
      readonly kind: 'cut'
      readonly at: number
      readonly a: string
      readonly b: string
      readonly forMs: number
    }
  | {
      readonly kind: 'one-way'
      readonly at: number
      readonly a: string
      readonly b: string
      readonly forMs: number
    }
  /** An address has been taken over: who connects to `a` reaches `b`, which goes on as what it is. */
  | {
      readonly kind: 'astray'
      readonly at: number
      readonly a: string
      readonly b: string
      readonly forMs: number
    }
  | { readonly kind: 'reset'; readonly at: number; readonly a: string; readonly b: string }
  /** Now and then a bit of a frame that the slot sends is another one on arrival. */
  | { readonly kind: 'garble'; readonly at: number; readonly slot: string; readonly forMs: number }
  | { readonly kind: 'isolate'; readonly at: number; readonly slot: string; readonly forMs: number }
  | {
      readonly kind: 'slow-link'
      readonly at: number
      readonly slot: string
      readonly forMs: number
      readonly ms: number
    }
  | { readonly kind: 'pair-loss'; readonly at: number; readonly pair: PairId; readonly restartMs: number }
  | { readonly kind: 'total-loss'; readonly at: number; readonly restartMs: number }
  | ServiceFault
  | { readonly kind: 'drain'; readonly at: number }

/** Of the services outside: everybody's, or those of one partition. */
type ServiceFault =
  | { readonly kind: SharedKind<'pause'>; readonly at: number; readonly forMs: number }
  | { readonly kind: OwnKind<'pause'>; readonly at: number; readonly pair: PairId; readonly forMs: number }
  | { readonly kind: 'coordinator-slow'; readonly at: number; readonly forMs: number; readonly ms: number }
  /** Each request takes so long, and each entry of a log that it reads or appends. */
  | {
      readonly kind: 'store-slow'
      readonly at: number
      readonly forMs: number
      readonly ms: number
      readonly entryMs: number
    }
  | {
      readonly kind: OwnKind<'slow'>
      readonly at: number
      readonly pair: PairId
      readonly forMs: number
      readonly ms: number
    }
  /** Anything may happen to a request; `refused` is the share that is answered with an error. */
  | {
      readonly kind: SharedKind<'flaky'>
      readonly at: number
      readonly forMs: number
      readonly refused: number
    }
  | {
      readonly kind: OwnKind<'flaky'>
      readonly at: number
      readonly pair: PairId
      readonly forMs: number
      readonly refused: number
    }
  | {
      readonly kind: SharedKind<'cut'> | OwnKind<'cut'>
      readonly at: number
      readonly slot: string
      readonly forMs: number
    }
  /** What it has not synced is gone, and it is back after a while. */
  | { readonly kind: 'store-crash'; readonly at: number; readonly forMs: number }
  | { readonly kind: 'store-full'; readonly at: number; readonly forMs: number }

type SharedKind<What extends string> = `coordinator-${What}` | `store-${What}`
type OwnKind<What extends string> = `source-${What}` | `sink-${What}`

/** What can go wrong: `crash`, `hang`, `cut`, `store-slow` and so on. */
export type FaultKind = Fault['kind']

/**
 * `120 ms: crash (slot count/0/a, restartMs 30)`; aimed: `from 120 ms, once count/0 is loading + 1 ms, its
 * twin: crash (...)`
 */
export function describeFault(fault: Fault): string {
  const { kind, at, aim, ...rest } = fault
  const details = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? round(value) : value}`,
  )
  const lag = aim === undefined || aim.lagMs === 0 ? '' : ` + ${round(aim.lagMs)} ms`
  const who = aim?.who === 'twin' ? ', its twin' : ''
  const when = aim === undefined ? '' : `, once ${aim.pair ?? 'any pair'} is ${aim.phase}${lag}${who}`
  const what = `${kind}${details.length > 0 ? ` (${details.join(', ')})` : ''}`
  return `${aim === undefined ? '' : 'from '}${round(at)} ms${when}: ${what}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
