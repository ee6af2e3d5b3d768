import type { WindowSpec } from '../src/window/window-spec.ts'

/** A row of the windows' tests. */
export interface NaiveRow {
  readonly at: number
  readonly key: string
  readonly value: number
  readonly maybe: number | null
  readonly word: string
}

export interface NaiveOptions {
  readonly latenessMs: number
  readonly earlyMs: number
  /** Of windows that never end; 0: keys are never forgotten. */
  readonly ttlMs: number
}

/** What one boundary is about. */
export interface NaiveBoundary {
  readonly before: number
  readonly watermark: number
  /** Open windows are shown. */
  readonly early: boolean
}

export interface NaiveResult {
  readonly key: string
  readonly start: number
  readonly end: number
  readonly revision: number
  readonly timing: string
  readonly rows: readonly NaiveRow[]
}

/** Windows worked out from a list of all rows, each time from the beginning. */
export interface NaiveWindows {
  /** False: it comes too late for every window. */
  take(row: NaiveRow, before: number): boolean
  close(boundary: NaiveBoundary): readonly NaiveResult[]
}

interface Taken extends NaiveRow {
  readonly epoch: number
  readonly before: number
}

export function naiveWindows(spec: WindowSpec, options: NaiveOptions): NaiveWindows {
  if (spec.kind === 'session') return new NaiveSessions(spec.gapMs, options)
  if (spec.kind === 'hopping') return new NaiveHopping(spec, options)
  if (spec.kind === 'growing') return new NaiveGrowing(spec, options)
  throw new Error('windows of rows have no boundary')
}

abstract class NaiveSpans implements NaiveWindows {
  protected readonly taken: Taken[] = []
  protected epoch = 0
  readonly #shown = new Map<string, number>()

  abstract take(row: NaiveRow, before: number): boolean
  abstract close(boundary: NaiveBoundary): readonly NaiveResult[]

  protected keep(row: NaiveRow, before: number): void {
    this.taken.push({ ...row, epoch: this.epoch, before })
  }

  /** The keys of these rows, with all that they have in the window so far. */
  protected show(start: number, end: number, timing: string, because: readonly Taken[]): NaiveResult[] {
    return [...new Set(because.map(({ key }) => key))].map((key) => {
      const name = `${key} ${start} ${end}`
      const revision = this.#shown.get(name) ?? 0
      this.#shown.set(name, revision + 1)
      const rows = this.taken.filter((row) => row.key === key && row.at >= start && row.at < end)
      return { key, start, end, revision, timing, rows }
    })
  }
}

class NaiveHopping extends NaiveSpans {
  readonly #spec: { readonly sizeMs: number; readonly everyMs: number; readonly offsetMs: number }
  readonly #latenessMs: number
  #earlyEpoch = 0

  constructor(spec: NaiveHopping['spec'], { latenessMs }: NaiveOptions) {
    super()
    this.#spec = spec
    this.#latenessMs = latenessMs
  }

  declare readonly spec: { readonly sizeMs: number; readonly everyMs: number; readonly offsetMs: number }

  take(row: NaiveRow, before: number): boolean {
    const ends = this.#endsAround(row.at)
    if (ends.length > 0 && ends.every((end) => end + this.#latenessMs <= before)) return false
    this.keep(row, before)
    return true
  }

  close({ before, watermark, early }: NaiveBoundary): readonly NaiveResult[] {
    const ends = [...new Set(this.taken.flatMap(({ at }) => this.#endsAround(at)))].sort((a, b) => a - b)
    const start = (end: number): number => end - this.#spec.sizeMs
    const inside = (end: number): Taken[] => this.taken.filter(({ at }) => at >= start(end) && at < end)
    const late = ends
      .filter((end) => end <= before && end + this.#latenessMs > before && this.#latenessMs > 0)
      .flatMap((end) =>
        this.show(
          start(end),
          end,
          'late',
          inside(end).filter(({ epoch }) => epoch === this.epoch),
        ),
      )
    const onTime = ends
      .filter((end) => end > before && end <= watermark)
      .flatMap((end) => this.show(start(end), end, 'on-time', inside(end)))
    const open = early ? ends.filter((end) => end > watermark) : []
    const soon = open.flatMap((end) =>
      this.show(
        start(end),
        end,
        'early',
        inside(end).filter(({ epoch }) => epoch >= this.#earlyEpoch),
      ),
    )
    this.epoch++
    if (early) this.#earlyEpoch = this.epoch
    return [...late, ...onTime, ...soon]
  }

  #endsAround(at: number): number[] {
    const { sizeMs, everyMs, offsetMs } = this.#spec
    const ends: number[] = []
    for (let n = Math.floor((at - sizeMs - offsetMs) / everyMs); n * everyMs + offsetMs <= at; n++) {
      const start = n * everyMs + offsetMs
      if (at >= start && at < start + sizeMs) ends.push(start + sizeMs)
    }
    return ends
  }
}

class NaiveGrowing extends NaiveSpans {
  readonly #sizeMs: number
  readonly #everyMs: number
  readonly #offsetMs: number
  readonly #latenessMs: number
  /** In whole steps. */
  readonly #ttlMs: number

  constructor(
    spec: { readonly sizeMs: number; readonly everyMs: number; readonly offsetMs: number },
    { latenessMs, ttlMs }: NaiveOptions,
  ) {
    super()
    this.#ttlMs = ttlMs === 0 ? Infinity : Math.ceil(ttlMs / spec.everyMs) * spec.everyMs
    this.#sizeMs = spec.sizeMs
    this.#everyMs = spec.everyMs
    this.#offsetMs = spec.offsetMs
    this.#latenessMs = latenessMs
  }

  take(row: NaiveRow, before: number): boolean {
    const from = this.#from(row.at)
    if (row.at < from) return true
    if (from + this.#sizeMs + this.#latenessMs <= before) return false
    this.keep(row, before)
    return true
  }

  close({ before, watermark }: NaiveBoundary): readonly NaiveResult[] {
    const over = (row: Taken): boolean => this.#from(row.at) + this.#sizeMs <= row.before
    const results: NaiveResult[] = []
    const froms = [...new Set(this.taken.map(({ at }) => this.#from(at)))].sort((a, b) => a - b)
    for (const from of froms) {
      const late = this.taken.filter(
        (row) => row.epoch === this.epoch && over(row) && this.#from(row.at) === from,
      )
      results.push(...this.show(from, from + this.#sizeMs, 'late', late))
    }
    const endOf = (row: Taken): number => this.#endOf(row)
    const rows = this.taken.filter((row) => !over(row) && endOf(row) > before && endOf(row) <= watermark)
    const ends = [...new Set(rows.map(endOf))].sort((a, b) => a - b)
    for (const end of ends) {
      const because = rows.filter((row) => endOf(row) === end)
      const shown = this.show(this.#from(end - this.#everyMs), end, 'on-time', because)
      results.push(...shown.map((one) => ({ ...one, rows: this.#inLife(one.rows, end) })))
    }
    this.epoch++
    return results
  }

  /** The end of the step with which a row is first shown. */
  #endOf(row: Taken): number {
    return Math.max(this.#next(row.at), this.#next(row.before))
  }

  /** Of the rows of a key those since it was forgotten last. */
  #inLife(rows: readonly NaiveRow[], shownAt: number): readonly NaiveRow[] {
    if (this.#ttlMs === Infinity) return rows
    const taken = rows as readonly Taken[]
    const ends = [...new Set(taken.map((row) => this.#endOf(row)))].filter((end) => end <= shownAt)
    ends.sort((a, b) => b - a)
    const quiet = ends.findIndex((end, at) => {
      const before = ends[at + 1] ?? -Infinity
      return end - this.#everyMs >= before + this.#ttlMs
    })
    return taken.filter((row) => this.#endOf(row) >= ends[quiet]!)
  }

  #from(at: number): number {
    if (this.#sizeMs === Infinity) return this.#offsetMs
    return Math.floor((at - this.#offsetMs) / this.#sizeMs) * this.#sizeMs + this.#offsetMs
  }

  /** The end of the step that holds this time. */
  #next(at: number): number {
    return Math.floor((at - this.#offsetMs) / this.#everyMs) * this.#everyMs + this.#offsetMs + this.#everyMs
  }
}

interface NaiveSession {
  key: string
  rows: NaiveRow[]
  shown: number
  closed: boolean
  isNew: boolean
  changed: boolean
}

class NaiveSessions implements NaiveWindows {
  readonly #gapMs: number
  readonly #latenessMs: number
  #sessions: NaiveSession[] = []

  constructor(gapMs: number, { latenessMs }: NaiveOptions) {
    this.#gapMs = gapMs
    this.#latenessMs = latenessMs
  }

  take(row: NaiveRow, before: number): boolean {
    const near = this.#sessions.filter(
      ({ key, rows }) => key === row.key && rows.some(({ at }) => Math.abs(at - row.at) < this.#gapMs),
    )
    if (near.length === 0 && row.at + this.#gapMs + this.#latenessMs <= before) return false
    const rows = [...near.flatMap((one) => one.rows), row]
    const whole: NaiveSession = {
      key: row.key,
      rows,
      shown: Math.max(0, ...near.map(({ shown }) => shown)),
      closed: false,
      isNew: false,
      changed: true,
    }
    whole.closed = this.#endOf(whole) <= before
    whole.isNew = whole.closed
    this.#sessions = [...this.#sessions.filter((one) => !near.includes(one)), whole]
    return true
  }

  close({ watermark, early }: NaiveBoundary): readonly NaiveResult[] {
    const results: NaiveResult[] = []
    const show = (timing: string, which: (one: NaiveSession) => boolean): void => {
      for (const one of this.#sessions.filter(which).sort((a, b) => this.#endOf(a) - this.#endOf(b))) {
        const start = Math.min(...one.rows.map(({ at }) => at))
        const { key, rows } = one
        results.push({ key, start, end: this.#endOf(one), revision: one.shown++, timing, rows: [...rows] })
        one.isNew = false
        one.changed = false
      }
    }
    show('late', (one) => one.isNew)
    show('on-time', (one) => !one.closed && this.#endOf(one) <= watermark)
    for (const one of this.#sessions) if (this.#endOf(one) <= watermark) one.closed = true
    if (early) show('early', (one) => !one.closed && one.changed)
    this.#sessions = this.#sessions.filter((one) => this.#endOf(one) + this.#latenessMs > watermark)
    return results
  }

  #endOf({ rows }: NaiveSession): number {
    return Math.max(...rows.map(({ at }) => at)) + this.#gapMs
  }
}
