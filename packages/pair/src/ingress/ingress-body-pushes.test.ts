import { epoch, EPOCH_END } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { EndBench } from '../../test-kit/end-bench.ts'
import { frameOf } from '../../test-kit/items.ts'
import { viewOf } from '../../test-kit/views.ts'
import { firstRun, type RunState } from '../checkpoint/run-key.ts'

/** The leader of a push source, alone; epochs last 10 ms. */
class Bench extends EndBench {
  #request = 0

  constructor() {
    super('orders/0', viewOf({ members: ['a1'], leader: 1 }), { source: 'push' })
    this.parts.context.wall = 1000
    this.works()
    this.run.key.poll()
    this.answer().works()
  }

  push(key: string): this {
    const push = { key, firstTriedAt: 1000, frame: frameOf(0, 1), watermark: 30 }
    this.ingress.onPush(++this.#request, push)
    return this
  }

  drains(finish: boolean, promised: readonly string[] = ['orders/0']): this {
    const at = this.ingress.stopsAt
    const state: RunState = { kind: 'draining', at, finish, promised }
    return this.keyed({ ...firstRun('plan'), state })
  }

  answers(): string[] {
    return this.log.taken('answer').map(({ request, answer }) => `${request} ${answer.kind}`)
  }
}

describe('a push that comes while the pipeline drains', () => {
  it('is decided before the epoch at which it stops', () => {
    const bench = new Bench().push('k')
    const at = epoch(bench.ingress.stopsAt + 2)
    bench.keyed({
      ...firstRun('plan'),
      state: { kind: 'draining', at, finish: false, promised: ['orders/0'] },
    })
    expect(bench.after(10).works().answers()).toEqual(['1 stored'])
  })

  it('is put off at once where nothing is decided any more: the next run takes it', () => {
    const bench = new Bench().drains(false).works().push('k')
    expect(bench.answers()).toEqual(['1 busy'])
  })

  it('is put off if it waits already', () => {
    const bench = new Bench().push('k').push('k')
    expect(bench.works().answers()).toEqual([])
    expect(bench.drains(false).works().answers()).toEqual(['1 busy', '2 busy'])
    expect(bench.after(100).works().answers()).toEqual([])
    expect(bench.ingress.desk.hasRows).toBe(false)
  })
})

describe('a push that comes as the stream ends', () => {
  it('is told so, waiting or new, and what was decided before is stored', () => {
    const bench = new Bench().push('k').after(10).works()
    expect(bench.answers()).toEqual(['1 stored'])
    bench.push('l').drains(true).works()
    expect(bench.answers()).toEqual(['2 ended'])
    expect([bench.ingress.at, bench.push('l').push('k').answers()]).toEqual([
      EPOCH_END,
      ['3 ended', '4 stored'],
    ])
  })

  it('is only put off while another ingress may still move the end', () => {
    const bench = new Bench().push('k').drains(true, []).works()
    expect(bench.answers()).toEqual(['1 busy'])
    expect(bench.drains(true).works().push('k').answers()).toEqual(['2 ended'])
  })
})
