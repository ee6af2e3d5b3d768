import type { BoundaryContext, EpochContext, RowSet } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { StateProgram } from '../../compile/stage-program.ts'
import type { Stateful, StatefulOut } from '../../program/stateful.ts'
import { DensePanes } from '../dense/dense-panes.ts'
import { PaneShape } from '../pane-shape.ts'
import { spansOf } from '../spans-of.ts'
import { startIn } from '../pane-spans.ts'
import type { AddStep } from './add-step.ts'
import { PaneWriter } from './pane-writer.ts'

/** So many rows are handed on at once: panes may be many where times are all over. */
const ROWS_MOST = 4096

/**
 * Adds the rows of an epoch up for the windows of a later stage: of each key and pane one row goes on, when
 * the epoch ends. What those windows show is the same to the bit, because
 *
 * A1. a pane is what no window cuts, so whether a row is late, comes for a window that was shown, or is in an
 *     early showing, is the same for all rows of a pane and epoch. It is decided where the windows are: this
 *     stage does not know their watermark, which is the least of all partitions that are not idle;
 * A2. nothing is kept over the end of an epoch: what goes on belongs to the epoch of its rows, before its
 *     seal;
 * A3. what is added up is the same in whatever portions it is added: sums of whole numbers, counts and
 *     extremes; and the first and last by time, because rows of one epoch go on, and are merged, in the order
 *     of channels;
 * A4. keys go on in the order in which they first came, pane by pane, and so are inserted in the same order.
 *
 * It cannot be had where a row itself is wanted later: where something reads the rows that came too late.
 * Sums of whole numbers halt beyond 2^53, where a part of an epoch may get earlier than the whole, if amounts
 * of both signs are that large.
 */
export class AddingUp implements Stateful {
  readonly state = null
  readonly counters = {}
  readonly bytes = 0
  readonly #panes: DensePanes
  readonly #writer: PaneWriter

  constructor(program: StateProgram) {
    const { windows, partial } = program.node.step as AddStep
    const spans = spansOf(windows.window)
    const shape = new PaneShape({ ...program, node: { ...program.node, step: windows } }, 1)
    const { paneMs } = spans
    const startOf = (time: number, rows: RowSet, row: number): number => startIn(spans, time, rows, row)
    const panes = DensePanes.of(shape, { paneMs, startOf }, `pollux/add/${program.node.name}`)
    this.#panes = must(panes, 'only rows of few keys are added up')
    this.#writer = new PaneWriter(partial)
  }

  process(rows: RowSet, _context: EpochContext, _out: StatefulOut): void {
    this.#panes.add(rows)
  }

  boundary(_context: BoundaryContext, out: StatefulOut): void {
    const { rows } = this.#writer
    const handOn = (): void => {
      if (rows.rows > 0) out.emit(0, rows)
      rows.reset()
    }
    this.#panes.flush((start) => {
      if (rows.rows >= ROWS_MOST) handOn()
      return { pane: this.#writer.at(start), flags: 0 }
    })
    handOn()
  }
}
