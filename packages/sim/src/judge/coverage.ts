import type { FaultKind } from '../faults/fault.ts'
import { PHASES, type ProtocolPhase } from './protocol-phase.ts'
import { FAULT_KINDS, TARGET_OF } from '../faults/struck-slots.ts'

/** One cell of the table, as a number: small in a message between threads. */
export type Cell = number

export function cellOf(kind: FaultKind, phase: ProtocolPhase): Cell {
  return FAULT_KINDS.indexOf(kind) * PHASES.length + PHASES.indexOf(phase)
}

/** Why a fault of this kind can never strike in this phase; null if it can, and then it must be seen to. */
export function whyNever(kind: FaultKind, phase: ProtocolPhase): string | null {
  const target = TARGET_OF[kind]
  if (target === 'process' && phase === 'down') return 'there is no worker to strike'
  if (kind === 'drain' && phase === 'draining') return 'what drains already is not told again'
  if (target === 'source' && phase === 'subscribing') return 'an ingress subscribes to nobody'
  if (target === 'source' && phase === 'committing') return 'an ingress commits to no sink'
  if (target === 'sink' && phase === 'completing')
    return 'only the leader of the first ingress completes checkpoints'
  return null
}

/** How often each kind of fault has struck in each phase of the protocol. */
export class Coverage {
  readonly #counts = new Float64Array(FAULT_KINDS.length * PHASES.length)

  add(cells: readonly Cell[]): void {
    for (const cell of cells) this.#counts[cell]!++
  }

  merge(other: readonly number[]): void {
    other.forEach((count, cell) => (this.#counts[cell]! += count))
  }

  get counts(): readonly number[] {
    return [...this.#counts]
  }

  count(kind: FaultKind, phase: ProtocolPhase): number {
    return this.#counts[cellOf(kind, phase)]!
  }

  /** Cells that can occur and have not. */
  get empty(): readonly (readonly [FaultKind, ProtocolPhase])[] {
    return this.#cells((kind, phase) => whyNever(kind, phase) === null && this.count(kind, phase) === 0)
  }

  /** Cells that are said never to occur and have: the reason given is wrong. */
  get contradicted(): readonly (readonly [FaultKind, ProtocolPhase])[] {
    return this.#cells((kind, phase) => whyNever(kind, phase) !== null && this.count(kind, phase) > 0)
  }

  /** Phases down, kinds across, `-` for what cannot occur; the reasons follow. */
  table(): string {
    const width = Math.max(...PHASES.map((phase) => phase.length))
    const columns = FAULT_KINDS.map((kind) => {
      const cells = PHASES.map((phase) =>
        whyNever(kind, phase) === null ? String(this.count(kind, phase)) : '-',
      )
      return { cells, width: Math.max(...cells.map((cell) => cell.length), 4) }
    })
    const heads = FAULT_KINDS.map((kind, at) => `${' '.repeat(width)}${indent(columns, at)} ${kind}`)
    const rows = PHASES.map(
      (phase, at) =>
        phase.padEnd(width) + columns.map((one) => ` ${one.cells[at]!.padStart(one.width)}`).join(''),
    )
    const reasons = new Set(FAULT_KINDS.flatMap((kind) => PHASES.flatMap((phase) => reasonLine(kind, phase))))
    return [...heads, ...rows, ...reasons].join('\n')
  }

  #cells(
    wanted: (kind: FaultKind, phase: ProtocolPhase) => boolean,
  ): (readonly [FaultKind, ProtocolPhase])[] {
    return FAULT_KINDS.flatMap((kind) =>
      PHASES.filter((phase) => wanted(kind, phase)).map((phase) => [kind, phase] as const),
    )
  }
}

/** The head of a column stands above it on a line of its own, with a stroke for each column to the left. */
function indent(columns: readonly { readonly width: number }[], at: number): string {
  return columns.map((one, index) => (index < at ? ` ${'|'.padStart(one.width)}` : '')).join('')
}

function reasonLine(kind: FaultKind, phase: ProtocolPhase): string[] {
  const why = whyNever(kind, phase)
  return why === null ? [] : [`- ${kind} while ${phase}: ${why}`]
}
