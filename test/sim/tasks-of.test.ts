import { describe, expect, it } from 'vitest'
import { PIPELINES } from './pipelines/catalogue.ts'
import { scheduleList } from './schedule-source.ts'
import { simCommand } from './sim-options.ts'
import { tasksOf } from './tasks-of.ts'

function tasks(line: string) {
  const command = simCommand(line.split(' '))
  return command.kind === 'run' ? tasksOf({ ...command, seed: command.seed ?? 0 }) : []
}

describe('what the simulator runs', () => {
  it('is toys by their seeds, and a tenth as many schedules of pipelines behind them', () => {
    expect(tasks('--schedules 95 --seed 5')).toEqual([
      { source: { kind: 'random' }, from: 5, to: 100 },
      { source: { kind: 'sdk' }, from: 5, to: 15 },
    ])
  })

  it('is the one or the other where that is asked for', () => {
    expect(tasks('--schedules 95 --seed 5 --pipeline toy')).toEqual([
      { source: { kind: 'random' }, from: 5, to: 100 },
    ])
    expect(tasks('--schedules 95 --seed 5 --pipeline sdk')).toEqual([
      { source: { kind: 'sdk' }, from: 5, to: 100 },
    ])
    expect(() => tasks('--schedules 5 --seed 9007199254740990')).toThrow('there are no seeds that great')
  })

  it('holds the reference job, the count of words, and the stock steps and ends', () => {
    const list = scheduleList({ kind: 'sdk' })
    const plans = PIPELINES.map((_, number) => list.at(number).plan.pipeline)
    expect(plans).toEqual(expect.arrayContaining(['gmv', 'word-count', 'once', 'sellers', 'filed']))
  })
})
