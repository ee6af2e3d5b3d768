import { NO_FAULTS } from './coordinator-model.ts'
import type { Fault } from './fault.ts'
import type { Simulation } from './simulation.ts'

/** Makes planned faults happen, and undoes those that last when their time is over or everything heals. */
export class FaultDriver {
  readonly #simulation: Simulation

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  plan(faults: readonly Fault[]): void {
    for (const fault of faults) this.#simulation.world.at(fault.at, () => this.#strike(fault))
  }

  #strike(fault: Fault): void {
    const s = this.#simulation
    switch (fault.kind) {
      case 'crash':
        return s.killSlot(fault.slot, fault.restartMs)
      case 'pair-loss':
        for (const lane of ['a', 'b']) s.killSlot(`${fault.pair}/${lane}`, fault.restartMs + (lane === 'a' ? 0 : 7))
        return
      case 'total-loss':
        s.slots.forEach((slot, place) => s.killSlot(slot, fault.restartMs + place * 3))
        return
      case 'hang':
        return s.find(fault.slot)?.hang(this.#end(fault))
      case 'slow': {
        const process = s.find(fault.slot)
        if (process === null) return
        process.slowMs = fault.stepMs
        return this.#undo(fault, () => (process.slowMs = 0))
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
      case 'reset':
        return s.network.reset(fault.a, fault.b)
      case 'slow-link':
        s.network.slow(fault.slot, fault.ms)
        return this.#undo(fault, () => s.network.slow(fault.slot, 0))
      case 'coordinator-pause':
        s.coordinator.pausedUntil = this.#end(fault)
        return
      case 'coordinator-flaky':
        s.coordinator.faults = { lost: 0.2, unanswered: 0.2, late: 0.1 }
        s.coordinator.watchLoss = 0.5
        return this.#undo(fault, () => {
          s.coordinator.faults = NO_FAULTS
          s.coordinator.watchLoss = 0
        })
      case 'coordinator-cut':
        s.coordinator.cutOff(fault.slot, true)
        return this.#undo(fault, () => s.coordinator.cutOff(fault.slot, false))
      case 'drain':
        return s.requestDrain(false)
      default:
        return this.#strikeOutside(fault)
    }
  }

  #strikeOutside(fault: Fault): void {
    const s = this.#simulation
    switch (fault.kind) {
      case 'store-pause':
        s.store.pausedUntil = this.#end(fault)
        return
      case 'store-flaky':
        s.store.faults = { lost: 0.1, unanswered: 0.2, late: 0.1 }
        return this.#undo(fault, () => (s.store.faults = NO_FAULTS))
      case 'store-full':
        s.store.machine.capacityBytes = s.store.machine.usedBytes + 100
        return this.#undo(fault, () => (s.store.machine.capacityBytes = Number.MAX_SAFE_INTEGER))
      case 'store-cut':
        s.store.cutOff(fault.slot, true)
        return this.#undo(fault, () => s.store.cutOff(fault.slot, false))
      case 'source-pause':
        s.source(fault.pair).pausedUntil = this.#end(fault)
        return
      case 'source-cut':
        s.source(pairOf(fault.slot)).cutOff(fault.slot, true)
        return this.#undo(fault, () => s.source(pairOf(fault.slot)).cutOff(fault.slot, false))
      case 'sink-pause':
        s.sink(fault.pair).pausedUntil = this.#end(fault)
        return
      case 'sink-flaky':
        s.sink(fault.pair).faults = { lost: 0.1, unanswered: 0.3, late: 0.2 }
        return this.#undo(fault, () => (s.sink(fault.pair).faults = NO_FAULTS))
      case 'sink-cut':
        s.sink(pairOf(fault.slot)).cutOff(fault.slot, true)
        return this.#undo(fault, () => s.sink(pairOf(fault.slot)).cutOff(fault.slot, false))
      default:
        return
    }
  }

  #end(fault: Fault & { readonly forMs: number }): number {
    return Math.min(fault.at + fault.forMs, this.#simulation.options.healAt)
  }

  #undo(fault: Fault & { readonly forMs: number }, undo: () => void): void {
    this.#simulation.world.at(this.#end(fault), undo)
  }
}

function pairOf(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('/'))
}
