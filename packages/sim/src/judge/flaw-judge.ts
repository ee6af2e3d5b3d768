import type { RunState } from '@pollux/pair'
import type { FaultKind } from '../faults/fault.ts'
import { type Flaw, type FlawedPlace, haltCode } from '../faults/flaw.ts'

/** Where nothing else is wrong, everybody has acked what everybody was sent by then. */
const NOTICED_MS = 60
/**
 * Nobody need have state loaded, or shown, twice between two checkpoints; and one that is empty in the end is
 * not encoded.
 */
const NEED_NOT_RECUR: readonly FlawedPlace[] = ['state.load', 'state.encode', 'current']
const SILENCING = /^(coordinator-|hang|busy|slow$)/

/**
 * Says whether a run with broken code came to the end it must come to: halted, and by the right name. Code
 * that throws stops it, whoever runs it. Twins that differ stop it once somebody has noticed; where the one
 * that differs died before anybody had rows of both, nobody can, and whatever it made stands.
 */
export class FlawJudge {
  readonly #flaw: Flaw | null
  readonly #now: () => number
  #shownAt: number | null = null
  readonly #noticedBy: { readonly slot: string; readonly alive: boolean }[] = []

  constructor(flaw: Flaw | null, now: () => number) {
    this.#flaw = flaw
    this.#now = now
  }

  readonly onShown = (): void => {
    this.#shownAt ??= this.#now()
  }

  /**
   * A new run decides anew what was not durable, and may never come to where the code is broken: what was
   * shown before says nothing of it.
   */
  onRun(): void {
    // But this shows before there is a run at all.
    if (this.#flaw?.kind === 'throws' && this.#flaw.where === 'factory') return
    this.#shownAt = null
  }

  /** A replica says that twins differ. */
  onNoticed(worker: { readonly slot: string; readonly alive: boolean }): void {
    this.#noticedBy.push(worker)
  }

  /** What twins make may differ in this run, and so may the output. */
  get mayDiffer(): boolean {
    return this.#flaw?.kind === 'differs'
  }

  /** No joiner ever has its state: the pair goes on alone, for as long as it lives. */
  get mayStayAlone(): boolean {
    return this.#flaw?.kind === 'throws' && this.#flaw.where === 'state.load'
  }

  isHaltedByIt(state: RunState): boolean {
    const flaw = this.#flaw
    if (flaw === null || this.#shownAt === null || state.kind !== 'halted') return false
    if (flaw.kind === 'differs') return state.code.startsWith('pair.diverged')
    return haltCode(flaw.where).test(state.code) && state.pair === flaw.pair
  }

  /** Why a run should have halted that has finished, after such faults; null if it need not have. */
  escaped(struck: ReadonlySet<FaultKind>): string | null {
    const flaw = this.#flaw
    if (flaw === null || this.#shownAt === null) return null
    if (flaw.kind === 'throws' && NEED_NOT_RECUR.includes(flaw.where)) return null
    if (flaw.kind === 'throws') return `it finished, though the code of ${flaw.pair} throws`
    const witness = this.#noticedBy.find(({ alive }) => alive)
    // Whoever knows must still be able to say so before somebody else has finished the run.
    const silenced = [...struck].some((kind) => SILENCING.test(kind))
    if (witness !== undefined && !silenced)
      return `it finished, though ${witness.slot} knows that twins differ`
    const unnoticed = struck.size === 0 && this.#now() - this.#shownAt > NOTICED_MS
    return unnoticed ? `it finished, and nobody noticed that the twins of ${flaw.pair} differ` : null
  }
}
