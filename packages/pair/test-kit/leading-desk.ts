import { epoch } from '@pollux/protocol'
import type { DeskStanding } from '../src/ingress/push-desk.ts'

/** A desk whose replica leads, at the beginning, and takes what comes. */
export const LEADER: DeskStanding = {
  leads: true,
  leaderAddress: 'here',
  pressed: false,
  next: epoch(0),
  clock: epoch(0),
  durable: 0,
  shut: null,
}
