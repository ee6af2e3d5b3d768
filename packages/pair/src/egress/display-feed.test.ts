import { epoch, EPOCH_END, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { rowsOf } from '../../test-kit/items.ts'
import { DisplayFeed } from './display-feed.ts'
import type { DisplayEvent, EventId } from '../ports/outside.ts'

class Bench {
  readonly context
  readonly feed: DisplayFeed

  constructor(eventsMax = 100) {
    this.context = contextAt('wall/0', { sink: 'resumable', limits: { eventsMax } })
    this.feed = new DisplayFeed(this.context)
  }

  epoch(to: number, ...ids: number[]): Bench {
    this.feed.begin(epoch(to - 1))
    this.feed.emit(0, rowsOf(...ids))
    this.feed.seal(epoch(to))
    return this
  }

  client(number: number, back: EventId | null = null): Bench {
    this.feed.onClient(number, back)
    return this
  }

  shows(settled = true): string[] {
    this.feed.flush(settled, () => [['sum', 60]])
    return taken(this.context, 'display').map(({ client, event }) => `${client}: ${describeEvent(event)}`)
  }
}

function describeEvent(event: DisplayEvent): string {
  const id = `${event.id.run}.${event.id.seq}.${event.id.final}`
  if (event.kind === 'row') return `row ${id} ${event.values.join()}`
  if (event.kind === 'final') return `final ${id} through ${event.through}`
  if (event.kind === 'rollback') return `rollback ${id} to ${event.to}`
  return event.kind === 'reset' ? `reset ${id} ${event.rows.join()}` : `end ${id}`
}

function after(inRun: number, seq: number, final: number): EventId {
  return { run: run(inRun), seq, final }
}

describe('a display feed', () => {
  it('gives a newcomer the current content, then numbered rows with (run, seq, last final)', () => {
    const bench = new Bench().client(2)
    expect(bench.shows()).toEqual(['2: reset 1.-1.-1 sum,60'])
    expect(bench.epoch(1, 10, 11).shows()).toEqual(['2: row 1.0.-1 10', '2: row 1.1.-1 11'])
    expect(bench.shows()).toEqual([])
  })

  it('says final of what is durable, and no more', () => {
    const bench = new Bench().client(2)
    bench.epoch(1, 10, 11).epoch(2, 12).shows()
    bench.feed.setDurable(epoch(1))
    expect(bench.shows()).toEqual(['2: final 1.2.1 through 1'])
    bench.feed.setDurable(epoch(2))
    expect(bench.shows()).toEqual(['2: final 1.2.2 through 2'])
  })

  it('never lets what is final fall (P10)', () => {
    const bench = new Bench().client(2)
    bench.epoch(1, 10).epoch(2, 11).shows()
    bench.feed.setDurable(epoch(2))
    bench.shows()
    bench.feed.setDurable(epoch(1))
    expect(bench.epoch(3, 12).shows()).toEqual(['2: row 1.2.1 12'])
  })

  it('shows no row of an epoch that is not complete, and no content either', () => {
    const bench = new Bench()
    bench.feed.begin(epoch(0))
    bench.feed.emit(0, rowsOf(10))
    expect(bench.client(2).shows(false)).toEqual([])
    bench.feed.seal(epoch(1))
    expect(bench.shows()).toEqual(['2: reset 1.0.-1 sum,60'])
  })

  it('goes on for a client exactly where its other replica stopped', () => {
    const bench = new Bench().epoch(1, 10, 11, 12).client(2, after(1, 0, -1))
    expect(bench.shows()).toEqual(['2: row 1.1.-1 11', '2: row 1.2.-1 12'])
  })

  it('lets a client that is ahead wait, and repeats nothing to it', () => {
    const bench = new Bench().epoch(1, 10).client(2, after(1, 2, -1))
    expect(bench.shows()).toEqual([])
    expect(bench.epoch(2, 11, 12, 13).shows()).toEqual(['2: row 1.3.-1 13'])
  })

  it('rolls back a client of an older run to what was final, and goes on from there', () => {
    const bench = new Bench()
    bench.context.run = run(2)
    bench.epoch(1, 10, 11, 12).client(2, after(1, 80, 0))
    expect(bench.shows()).toEqual(['2: rollback 2.0.0 to 0', '2: row 2.1.0 11', '2: row 2.2.0 12'])
  })

  it('serves a client that came before the run was known, new or back, once it is', () => {
    const bench = new Bench()
    bench.context.run = run(0)
    bench
      .client(2)
      .client(3, after(1, 0, -1))
      .client(4, after(1, 0, -1))
    bench.feed.onClientGone(4)
    bench.context.run = run(1)
    expect(bench.epoch(1, 10, 11).shows()).toEqual(['2: reset 1.1.-1 sum,60', '3: row 1.1.-1 11'])
    const back = new Bench()
    back.context.run = run(0)
    back.client(3, after(1, 80, 0))
    back.context.run = run(2)
    expect(back.epoch(1, 10, 11).shows()).toEqual(['3: rollback 2.0.0 to 0', '3: row 2.1.0 11'])
  })

  it('does not serve a client of a newer run', () => {
    const bench = new Bench().epoch(1, 10).client(2, after(2, 0, 0))
    expect(bench.shows()).toEqual([])
  })

  it('resets a client whose next event is forgotten, at a boundary only', () => {
    const bench = new Bench(2).epoch(1, 10, 11, 12, 13).client(2, after(1, 0, -1))
    expect(bench.shows(false)).toEqual([])
    expect(bench.shows()).toEqual(['2: reset 1.3.-1 sum,60'])
  })

  it('keeps eventsMax events: the client that needs the oldest of them is not reset', () => {
    const bench = new Bench(2).epoch(1, 10, 11, 12, 13).client(2, after(1, 1, -1))
    expect(bench.shows()).toEqual(['2: row 1.2.-1 12', '2: row 1.3.-1 13'])
  })

  it('ends for a client once everything is final', () => {
    const bench = new Bench().client(2)
    bench.shows()
    bench.epoch(1, 10).epoch(EPOCH_END)
    expect(bench.shows()).toEqual(['2: row 1.0.-1 10'])
    bench.feed.setDurable(EPOCH_END)
    expect(bench.shows()).toEqual(['2: final 1.0.0 through 0', '2: end 1.0.0'])
    expect(bench.shows()).toEqual([])
  })

  it('forgets a client that is gone', () => {
    const bench = new Bench().client(2)
    bench.shows()
    bench.feed.onClientGone(2)
    expect(bench.epoch(1, 10).shows()).toEqual([])
  })

  it('numbers on from a checkpoint, all before it final', () => {
    const before = new Bench().epoch(1, 10, 11)
    const restored = new Bench()
    restored.context.run = run(2)
    for (const part of before.feed.image('checkpoint')) restored.feed.load(part)
    restored.epoch(2, 12).client(2, after(1, 1, 1))
    expect(restored.shows()).toEqual(['2: rollback 2.1.1 to 1', '2: row 2.2.1 12'])
  })

  it('gives a joiner no finality that its survivor did not have, though events were shed', () => {
    const survivor = new Bench(1).epoch(1, 1, 2).epoch(2, 3)
    const joiner = new Bench(1)
    for (const part of survivor.feed.image('catch-up')) joiner.feed.load(part)
    expect(joiner.client(1, { run: run(1), seq: 2, final: -1 }).shows()).toEqual([])
    joiner.feed.setDurable(epoch(1))
    expect(joiner.shows()).toEqual(['1: final 1.2.1 through 1'])
  })

  it('gives a joiner its events, and which of them are final', () => {
    const survivor = new Bench().epoch(1, 10).epoch(2, 11).epoch(3, 12)
    survivor.feed.setDurable(epoch(1))
    const joiner = new Bench()
    for (const part of survivor.feed.image('catch-up')) joiner.feed.load(part)
    for (const bench of [survivor, joiner]) bench.client(2, after(1, -1, -1))
    expect(joiner.shows()).toEqual(survivor.shows())
    for (const bench of [survivor, joiner]) bench.feed.setDurable(epoch(2))
    expect(joiner.shows()).toEqual(['2: final 1.2.1 through 1'])
    expect(survivor.shows()).toEqual(['2: final 1.2.1 through 1'])
  })
})
