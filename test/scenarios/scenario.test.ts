import { describe, expect, test } from 'vitest'
import { playScenario } from './play-scenario.ts'
import { ScenarioError } from './scenario-error.ts'
import { parseScenario } from './scenario.ts'

const HEAD = 'A pair.\n\npipeline in(1, replayable) -> out(1, transactional)\nseed 1\n'
const WHOLE = 'quietly run until every pair is whole'

describe('a scenario file', () => {
  test('plays to the same text every time, whatever was recorded in it', () => {
    const empty = `${HEAD}\n# All of it.\nfinish\n`
    const { text, faults } = playScenario(parseScenario(empty))
    expect(faults).toEqual([])
    expect(text).toContain('\n    lost 0, repeated 0, reordered 0, diverged 0, final-changed 0\n')
    expect(playScenario(parseScenario(text)).text).toBe(text)
    expect(
      text
        .split('\n')
        .filter((line) => !line.startsWith(' '))
        .join('\n'),
    ).toBe(empty)
  })

  test('reads its pipeline: partitions, kinds, and how each edge delivers', () => {
    const text = HEAD.replace('-> out', '-> count(2, chain) => out')
    const { plan } = parseScenario(text.replace('in(1', 'in(2'))
    expect(plan.edges.map(({ from, to, delivery, exchange }) => [from, to, delivery, exchange.kind])).toEqual(
      [
        ['in', 'count', 'lane', 'key'],
        ['count', 'out', 'race', 'gather'],
      ],
    )
  })

  test.each([
    ['finish', 1, 'a scenario begins with prose'],
    [HEAD.replace('replayable', 'kafka'), 3, 'kafka is none of replayable, push'],
    [HEAD.replace('in(1, replayable)', 'in(x)'), 3, 'in(x) is no stage'],
    [`${HEAD}sead 3\n`, 5, "'sead 3' says nothing about the pipeline"],
    [`${HEAD}limit mark 3\n`, 5, 'mark is none of heartbeatMs'],
    [`${HEAD}\nkill in/0/a\n`, 6, "there is no command 'kill in/0/a'"],
    [`${HEAD}\ncrash in/0\n`, 6, 'crash count/0/a[, restart after 40 ms]'],
    [`${HEAD}\ntell heartbeats\n`, 6, 'nothing is called heartbeats; there is:'],
    [`${HEAD}\nquietly drain\n`, 6, 'only a run can be quiet'],
    [`${HEAD}\nquietly run until dawn\n`, 6, "there is no command 'run until dawn'"],
    [`${HEAD}\ncrash count/0/a\n`, 6, 'there is no count/0; there is in/0, out/0'],
    [`${HEAD}\nquietly run until dawn within 5 ms\n`, 6, "there is no command 'run until dawn'"],
    [`${HEAD}\nrun for 5 ms within 5 ms\n`, 6, "there is no command 'run for 5 ms within 5 ms'"],
    [`${HEAD}\nexpect a miracle\n`, 6, 'expect nobody was removed'],
    [`${HEAD}\nrun until in/0/a is sleeping\n`, 6, 'run until count/0/a is loading'],
  ])('that cannot be read says where: %j', (text, line, message) => {
    expect(errorOf(() => parseScenario(text))).toEqual([line, expect.stringContaining(message)])
  })

  test.each([
    ['run until 30 ms\nrun until 20 ms', 7, 'it is 30.0 ms already'],
    ['crash in/0/a', 6, 'nobody is alive in in/0/a'],
    [`${WHOLE}\nstart in/0/a`, 7, 'somebody is alive in in/0/a'],
    ['run until in/0/b tells halted', 6, 'not within 20000 ms, but:'],
    [
      `${WHOLE}\ncrash in/0/b\nrun for 60 ms\nexpect nobody was removed`,
      9,
      'in/0/a removed-twin #2 (closed)',
    ],
  ])('that cannot be played says where: %j', (commands, line, message) => {
    const scenario = parseScenario(`${HEAD}\n${commands}\n`)
    expect(errorOf(() => playScenario(scenario))).toEqual([line, expect.stringContaining(message)])
  })

  test.each([
    'run until 30 ms within 20 ms',
    'run until every pair is whole within 20 ms',
    'quietly run until every pair is whole within 20 ms',
    'run until 5 rows are at out/0 within 20 ms',
    'run until out/0/b is in mid-epoch within 20 ms',
    'run until in/0/b is subscribing within 20 ms',
    'run until out/0 tells committed "5 rows" within 20 ms',
  ])('in which something takes longer than it may says what happened instead: %j', (command) => {
    const [line, message] = errorOf(() => playScenario(parseScenario(`${HEAD}\n${command}\n`)))!
    expect(line).toBe(6)
    expect(message).toMatch(/^not within 20 ms, but:\n {3}.* in\/0\/a .* starts\n/)
    expect(message).toContain('in/0/a#1 run 1 member')
  })

  test('in which nothing takes longer than it may plays as without the bound', () => {
    const told = (commands: string): string => {
      return playScenario(parseScenario(`${HEAD}\n${commands}\n`)).text.replace(/ within .*/g, '')
    }
    const commands = 'run until 5 rows are at out/0\nexpect nobody was removed\nfinish'
    expect(told(commands.replace('out/0', 'out/0 within 300 ms'))).toBe(told(commands))
  })

  test('in which the pipeline halts before it has finished says why', () => {
    const text = `${HEAD.replace('-> out', '-> odd(1, poison:3) -> out')}\nfinish\n`
    expect(playScenario(parseScenario(text)).faults).toEqual([expect.stringContaining('halted: ')])
  })

  test('in which the checker finds something says what', () => {
    // Rows that are rewritten before they were decided: the output is not that of the source.
    const commands = `${WHOLE}\nrewrite source of in/0, rows 15 to 18\nfinish\n`
    const { text, faults } = playScenario(parseScenario(`${HEAD}\n${commands}`))
    expect(text).toContain('lost 1, repeated 0')
    expect(faults).toHaveLength(1)
  })
})

function errorOf(action: () => unknown): [line: number, message: string] | null {
  try {
    action()
    return null
  } catch (error) {
    if (error instanceof ScenarioError) return [error.line, error.message]
    throw error
  }
}
