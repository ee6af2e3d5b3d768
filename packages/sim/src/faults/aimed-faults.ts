import type { Fault } from './fault.ts'
import type { ProtocolPhase } from '../judge/protocol-phase.ts'
import { aimedAt, pairOfSlot, TARGET_OF, twinSlot } from './struck-slots.ts'

type AimedFault = Fault & Required<Pick<Fault, 'aim'>>

/**
 * Faults that lie in wait for a phase. A source or a sink belongs to one pair, so there an aim stays at that
 * pair.
 */
export class AimedFaults {
  readonly #phaseOf: (slot: string) => ProtocolPhase
  readonly #strike: (fault: Fault, lagMs: number) => void
  #armed: AimedFault[] = []

  constructor(phaseOf: (slot: string) => ProtocolPhase, strike: (fault: Fault, lagMs: number) => void) {
    this.#phaseOf = phaseOf
    this.#strike = strike
  }

  /** From now on; `slots` are looked at at once, in this order. */
  arm(fault: AimedFault, slots: readonly string[]): void {
    this.#armed.push(fault)
    for (const slot of slots) this.look(slot)
  }

  /** Something has happened to this slot: is it what one of us waits for? */
  look(slot: string): void {
    if (this.#armed.length === 0) return
    const phase = this.#phaseOf(slot)
    for (const fault of this.#armed) {
      if (fault.aim.phase !== phase || !mayStrike(fault, slot)) continue
      this.#armed = this.#armed.filter((other) => other !== fault)
      const struck = fault.aim.who === 'twin' ? twinSlot(slot) : slot
      this.#strike(aimedAt(fault, struck), fault.aim.lagMs)
    }
  }
}

function mayStrike(fault: AimedFault, slot: string): boolean {
  const pair = pairOfSlot(slot)
  if (fault.aim.pair !== null && fault.aim.pair !== pair) return false
  const target = TARGET_OF[fault.kind]
  if (target !== 'source' && target !== 'sink') return true
  return pair === ('pair' in fault ? fault.pair : 'slot' in fault ? pairOfSlot(fault.slot) : pair)
}
