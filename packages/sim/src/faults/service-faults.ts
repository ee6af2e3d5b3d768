import type { PairId } from '@pollux/protocol'
import type { CoordinatorModel } from '../world/coordinator-model.ts'
import type { Fault } from './fault.ts'
import { NO_FAULTS, type ServiceFaults, type ServiceFront } from '../world/service-front.ts'
import type { SinkModel } from '../world/sink-model.ts'
import type { SourceModel } from '../world/source-model.ts'
import type { StoreModel } from '../world/store-model.ts'
import { pairOfSlot } from './struck-slots.ts'

/** The services outside the pairs. */
export interface Services {
  readonly coordinator: CoordinatorModel
  readonly store: StoreModel
  source(pair: PairId): SourceModel
  sink(pair: PairId): SinkModel
}

type ServiceFault = Extract<
  Fault,
  { readonly kind: `${'coordinator' | 'store' | 'source' | 'sink'}-${string}` }
>

const FLAKY: ServiceFaults = { lost: 0.1, unanswered: 0.2, refused: 0.1, late: 0.1, stale: 0.1 }
/** What a full store has left beside what is reserved. */
const LEFT_BYTES = 100

/** Makes a fault of a service happen; `undo` is told how to end it. */
export function strikeService(
  services: Services,
  fault: ServiceFault,
  until: number,
  undo: (undo: () => void) => void,
): void {
  const { coordinator, store } = services
  const front = frontOf(services, fault)
  switch (fault.kind) {
    case 'coordinator-pause':
    case 'store-pause':
    case 'source-pause':
    case 'sink-pause':
      return front.pause(until)
    case 'store-slow':
      front.slowMs += fault.ms
      store.entryMs += fault.entryMs
      return undo(() => {
        front.slowMs -= fault.ms
        store.entryMs -= fault.entryMs
      })
    case 'coordinator-slow':
    case 'source-slow':
    case 'sink-slow':
      front.slowMs += fault.ms
      return undo(() => (front.slowMs -= fault.ms))
    case 'coordinator-flaky':
      coordinator.watchLoss = 0.5
      undo(() => (coordinator.watchLoss = 0))
      return makeFlaky(front, fault.refused, undo)
    case 'store-flaky':
    case 'source-flaky':
    case 'sink-flaky':
      return makeFlaky(front, fault.refused, undo)
    case 'coordinator-cut':
    case 'store-cut':
    case 'source-cut':
    case 'sink-cut':
      front.cutOff(fault.slot, true)
      return undo(() => front.cutOff(fault.slot, false))
    case 'store-crash':
      return front.crash(until)
    case 'store-full':
      // What is reserved stays: the pipeline must free itself.
      store.machine.capacityBytes = store.machine.usedBytes + store.machine.reservedBytes + LEFT_BYTES
      undo(() => (store.machine.capacityBytes = Number.MAX_SAFE_INTEGER))
  }
}

function makeFlaky(front: ServiceFront, refused: number, undo: (undo: () => void) => void): void {
  const faults = { ...FLAKY, refused }
  front.faults = faults
  // A later one in its place lasts as long as it is meant to.
  undo(() => {
    if (front.faults === faults) front.faults = NO_FAULTS
  })
}

function frontOf(services: Services, fault: ServiceFault): ServiceFront {
  const [service] = fault.kind.split('-')
  if (service === 'coordinator') return services.coordinator.front
  if (service === 'store') return services.store.front
  const pair = 'pair' in fault ? fault.pair : pairOfSlot('slot' in fault ? fault.slot : '')
  return service === 'source' ? services.source(pair).front : services.sink(pair).front
}
