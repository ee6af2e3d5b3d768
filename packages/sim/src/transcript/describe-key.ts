import { describeEpoch, type PairId } from '@pollux/protocol'
import type { CoordinatorValue, Member, RunKey, RunState, View } from '@pollux/pair'

/** `view 4: a#1 b#3, joining a#5, leader b#3 generation 2`; the run only when it is not the first. */
export function describeView(version: number, view: View): string {
  const parts = [view.members.map(describeMember).join(' ')]
  if (view.joining !== null) parts.push(`joining ${describeMember(view.joining)}`)
  if (view.waiting.length > 0) parts.push(`waiting ${view.waiting.map(describeMember).join(' ')}`)
  if (view.lostTo.length > 0) parts.push(`lost to ${view.lostTo.join(' ')}`)
  const leader = view.members.find((member) => member.incarnation === view.leader)
  if (leader !== undefined) parts.push(`leader ${describeMember(leader)} generation ${view.generation}`)
  const run = view.run === 1 ? '' : ` of run ${view.run}`
  return `view ${version}${run}: ${parts.join(', ')}`
}

/** `run 1 running, checkpoint 20, cuts from 80 on, reached 100` */
export function describeRunKey({ run, state, checkpoint, cutFrom, reached }: RunKey): string {
  const last = checkpoint?.epoch ?? 0
  const after = checkpoint === null ? '' : `, checkpoint ${describeEpoch(checkpoint.epoch)}`
  const behind = cutFrom > last ? `, cuts from ${cutFrom} on` : ''
  const ahead = reached > last ? `, reached ${reached}` : ''
  return `run ${run} ${describeState(state)}${after}${behind}${ahead}`
}

/** What stands at any key of the coordinator. */
export function describeKey(version: number, value: CoordinatorValue): string {
  switch (value.kind) {
    case 'view':
      return describeView(version, value)
    case 'run':
      return describeRunKey(value)
    case 'failure':
      return `failure of #${value.incarnation} at ${value.epoch}:${value.seq}: ${value.code}`
  }
}

function describeMember({ lane, incarnation }: Member): string {
  return `${lane}#${incarnation}`
}

function describeState(state: RunState): string {
  switch (state.kind) {
    case 'draining': {
      const end = state.finish ? 'draining for good' : 'draining'
      return state.promised.length === 0
        ? end
        : `${end} at ${state.at}, promised by ${promised(state.promised)}`
    }
    case 'halted':
      return `halted by ${state.pair} at ${state.epoch}:${state.seq} (${state.code})`
    default:
      return state.kind
  }
}

function promised(pairs: readonly PairId[]): string {
  return pairs.join(' ')
}
