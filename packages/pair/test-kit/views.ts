import { generation, incarnation, run } from '@pollux/protocol'
import type { Lane } from '@pollux/protocol'
import type { Member, View } from '../src/life/view.ts'

/** `a1` is incarnation 1 in lane a, at an address of the same name. */
export function member(name: string): Member {
  return {
    incarnation: incarnation(Number(name.slice(1))),
    lane: name.slice(0, 1) as Lane,
    address: name,
    fingerprint: 'same',
  }
}

interface Names {
  readonly run?: number
  readonly members?: readonly string[]
  readonly joining?: string
  readonly waiting?: readonly string[]
  readonly leader?: number
  readonly generation?: number
  readonly lostTo?: readonly string[]
}

export function viewOf(names: Names): View {
  return {
    kind: 'view',
    run: run(names.run ?? 1),
    members: (names.members ?? []).map(member),
    joining: names.joining === undefined ? null : member(names.joining),
    waiting: (names.waiting ?? []).map(member),
    leader: names.leader === undefined ? null : incarnation(names.leader),
    generation: generation(names.generation ?? 1),
    lostTo: names.lostTo ?? [],
  }
}
