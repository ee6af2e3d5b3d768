import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const { scripts: SCRIPTS } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
}
const COMMANDS = ['sim', 'scenarios', 'fuzz', 'bench', 'lockfile']

/** As npm would run it. */
function ran(script: string, ...args: string[]) {
  const [, ...words] = SCRIPTS[script]!.split(' ')
  const { status, stdout, stderr } = spawnSync(process.execPath, [...words, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe.each(COMMANDS)('npm run %s', (script) => {
  test('tells with --help what it does and takes, and does nothing', () => {
    const { status, stdout, stderr } = ran(script, '--help')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`\n  npm run ${script}`)
    expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([])
  })

  test('answers what it does not take with one sentence', () => {
    expect(ran(script, '--evrything')).toEqual({
      status: 2,
      stdout: '',
      stderr: "Unknown option '--evrything'\n--help tells the rest\n",
    })
  })

  test('is started by the guard that asks for a Node that can run it', () => {
    expect(SCRIPTS[script]).toMatch(/^node --require \.\/test\/require-node\.cjs test\//)
  })
})

describe('what no command can mean', () => {
  test.each([
    ['sim', ['--replay', 'phases:99999999'], /^there are \d+ of phases; 99999999 is not one$/],
    ['sim', ['--planted', '--only', 'x-y'], /^no planted bug is called x-y; there is what test/],
    ['scenarios', ['dawn'], /^there is no scenario called dawn$/],
    ['fuzz', ['--runs', '0'], /^--runs is a whole number from 1, not 0$/],
    ['bench', ['--only', 'x'], /^x is none of frames, /],
    ['lockfile', ['now'], /^now belongs to no option$/],
  ])('npm run %s -- %j', (script, args, sentence) => {
    const { status, stderr } = ran(script, ...args)
    expect(status).toBe(2)
    const [first, ...rest] = stderr.split('\n')
    expect(first).toMatch(sentence)
    expect(rest).toEqual(['--help tells the rest', ''])
  })
})

test('a run of the simulator ends with its one line', () => {
  const { status, stdout, stderr } = ran('sim', '--schedules', '5', '--seed', '1', '--json')
  expect([status, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject({ schedules: 6, toys: 5, pipelines: 1, lost: 0, stuck: 0 })
})
