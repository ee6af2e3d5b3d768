import type { FaultKind } from './fault.ts'
import type { ProtocolPhase } from '../judge/protocol-phase.ts'

/** The fault that brings a phase about; null where every run comes to it by itself. */
export const OPENERS: Readonly<Record<ProtocolPhase, FaultKind | null>> = {
  down: 'crash',
  arriving: 'crash',
  waiting: 'crash',
  called: 'crash',
  subscribing: 'crash',
  loading: 'crash',
  replaying: 'crash',
  restoring: 'pair-loss',
  ended: null,
  'taking-over': 'pair-loss',
  'holding-acks': 'crash',
  streaming: 'crash',
  'awaiting-joiner': 'crash',
  completing: null,
  committing: null,
  'writing-part': null,
  draining: 'drain',
  alone: 'crash',
  steady: null,
}
