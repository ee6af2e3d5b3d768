import type { Operator } from '@pollux/protocol'

/** The state of an operator, group by group, as a twin would get it. */
export function encodedState({ state }: Operator): readonly (readonly [group: number, bytes: Uint8Array])[] {
  const snapshot = state!.snapshot()
  const groups = snapshot.groups.map((group) => [group, snapshot.encode(group)] as const)
  snapshot.release()
  return groups
}
