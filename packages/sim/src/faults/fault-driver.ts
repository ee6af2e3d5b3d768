import type { PairId } from '@pollux/protocol'
import type { RunKey } from '@pollux/pair'
import { AimedFaults } from './aimed-faults.ts'
import type { CoordinatorModel } from '../world/coordinator-model.ts'
import { type Cell, cellOf } from '../judge/coverage.ts'
import type { Fault, FaultKind } from './fault.ts'
import type { Network } from '../world/network.ts'
import type { ProcessModel } from '../world/process-model.ts'
import type { ProtocolPhase } from '../judge/protocol-phase.ts'
import { strikeService } from './service-faults.ts'
import type { SinkModel } from '../world/sink-model.ts'
import type { SourceModel } from '../world/source-model.ts'
import type { StoreModel } from '../world/store-model.ts'
import { struckSlots, TARGET_OF } from './struck-slots.ts'
import type { World } from '../world/world.ts'

/** What there is to strike, and to look at before striking. */
export interface Strikable {
  readonly world: World
  readonly network: Network
  readonly coordinator: CoordinatorModel
  readonly store: StoreModel
  readonly slots: readonly string[]
  readonly healAt: number
  /** Every pair has two serving members of the newest run. */
  readonly whole: boolean
  readonly runKey: RunKey
  phaseOf(slot: string): ProtocolPhase
  find(slot: string): ProcessModel | null
  source(pair: PairId): SourceModel
  sink(pair: PairId): SinkModel
  killSlot(slot: string, restartMs: number | null): void
  requestDrain(finish: boolean): void
}

/**
 * Makes planned faults happen, and undoes those that last when their time is over or everything heals. It
 * counts what really struck: a crash of a slot that is down, or an aim that saw nothing, is no fault.
 */
export class FaultDriver {
  readonly #simulation: Strikable
  readonly #aimed: AimedFaults
  /** A lasting fault is still on until then. */
  #lastingUntil = 0
  struck = 0
  /** Of those that struck. */
  readonly kinds = new Set<FaultKind>()
  /**
   * Those that struck while an earlier one was not yet repaired: a lasting one still on, or some pair without
   * two serving members of the newest run.
   */
  overlapping = 0
  /** What each of them met. */
  readonly cells: Cell[] = []
  /** Told of every fault, as it struck: an aimed one with the place that it found. */
  onStrike: ((fault: Fault) => void) | null = null

  constructor(simulation: Strikable) {
    this.#simulation = simulation
    const { world } = simulation
    this.#aimed = new AimedFaults(
      (slot) => simulation.phaseOf(slot),
      (fault, lagMs) => world.after(lagMs, () => world.now < simulation.healAt && this.#strike(fault)),
    )
  }

  plan(faults: readonly Fault[]): void {
    const { world } = this.#simulation
    for (const fault of faults) {
      const { aim } = fault
      if (aim === undefined) world.at(fault.at, () => this.#strike(fault))
      else world.at(fault.at, () => this.#aimed.arm({ ...fault, aim }, this.#shuffledSlots()))
    }
  }

  /** Something has happened to this slot. */
  look(slot: string): void {
    if (this.#simulation.world.now < this.#simulation.healAt) this.#aimed.look(slot)
  }

  /** From a place of its own, so that an aim at any pair does not always find the first. */
  #shuffledSlots(): string[] {
    const { slots, world } = this.#simulation
    const from = world.random.below(slots.length)
    return [...slots.slice(from), ...slots.slice(0, from)]
  }

  #strike(fault: Fault): void {
    const s = this.#simulation
    if (!this.#canStrike(fault)) return
    const phases = new Set(struckSlots(fault, s.slots).map((slot) => s.phaseOf(slot)))
    for (const phase of phases) this.cells.push(cellOf(fault.kind, phase))
    if (this.struck > 0 && (s.world.now < this.#lastingUntil || !s.whole)) this.overlapping++
    this.struck++
    this.kinds.add(fault.kind)
    if ('forMs' in fault) this.#lastingUntil = Math.max(this.#lastingUntil, this.#end(fault))
    this.onStrike?.(fault)
    this.#carryOut(fault)
  }

  #canStrike(fault: Fault): boolean {
    const s = this.#simulation
    if (fault.kind === 'drain') return s.runKey.state.kind === 'running'
    const target = TARGET_OF[fault.kind]
    if (target !== 'process' && target !== 'pair' && fault.kind !== 'total-loss') return true
    return struckSlots(fault, s.slots).some((slot) => s.find(slot) !== null)
  }

  #carryOut(fault: Fault): void {
    const s = this.#simulation
    switch (fault.kind) {
      case 'crash':
        return s.killSlot(fault.slot, fault.restartMs)
      case 'pair-loss':
        for (const lane of ['a', 'b'])
          s.killSlot(`${fault.pair}/${lane}`, fault.restartMs + (lane === 'a' ? 0 : 7))
        return
      case 'total-loss':
        s.slots.forEach((slot, place) => s.killSlot(slot, fault.restartMs + place * 3))
        return
      case 'hang':
        return s.find(fault.slot)?.hang(this.#end(fault))
      case 'slow': {
        const one = s.find(fault.slot)
        if (one === null) return
        one.slowMs = fault.stepMs
        return this.#undo(fault, () => (one.slowMs = 0))
      }
      case 'busy': {
        const one = s.find(fault.slot)
        if (one === null) return
        one.stallMs = fault.stallMs
        return this.#undo(fault, () => (one.stallMs = 0))
      }
      case 'cut':
        s.network.cut(fault.a, fault.b)
        s.network.cut(fault.b, fault.a)
        return this.#undo(fault, () => {
          s.network.heal(fault.a, fault.b)
          s.network.heal(fault.b, fault.a)
        })
      case 'one-way':
        s.network.cut(fault.a, fault.b)
        return this.#undo(fault, () => s.network.heal(fault.a, fault.b))
      case 'isolate':
        s.network.cut(fault.slot, '*')
        s.network.cut('*', fault.slot)
        return this.#undo(fault, () => {
          s.network.heal(fault.slot, '*')
          s.network.heal('*', fault.slot)
        })
      case 'garble':
        s.network.garbles.add(fault.slot)
        return this.#undo(fault, () => s.network.garbles.delete(fault.slot))
      case 'astray':
        s.network.taken.set(fault.a, fault.b)
        return this.#undo(fault, () => s.network.taken.delete(fault.a))
      case 'reset':
        return s.network.reset(fault.a, fault.b)
      case 'slow-link':
        s.network.slow(fault.slot, fault.ms)
        return this.#undo(fault, () => s.network.slow(fault.slot, 0))
      case 'drain':
        return s.requestDrain(false)
      default:
        strikeService(s, fault, this.#end(fault), (undo) => this.#undo(fault, undo))
    }
  }

  #end(fault: Fault & { readonly forMs: number }): number {
    return Math.min(this.#simulation.world.now + fault.forMs, this.#simulation.healAt)
  }

  #undo(fault: Fault & { readonly forMs: number }, undo: () => void): void {
    this.#simulation.world.at(this.#end(fault), undo)
  }
}
