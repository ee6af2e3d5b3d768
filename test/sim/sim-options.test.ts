import { describe, expect, it } from 'vitest'
import { HELP, simCommand } from './sim-options.ts'

const parsed = (line: string) => simCommand(line.split(' '))

describe('the command line of the simulator', () => {
  it('runs schedules, of toys and of pipelines if nothing else is said', () => {
    expect(parsed('--schedules 20 --seed 5 --json --workers 3')).toEqual({
      kind: 'run',
      source: 'all',
      schedules: 20,
      seed: 5,
      full: false,
      json: true,
      coverage: false,
      workers: 3,
    })
  })

  it('runs pipelines written with the SDK', () => {
    expect(parsed('--schedules 20 --pipeline sdk')).toMatchObject({ kind: 'run', source: 'sdk' })
    expect(parsed('--schedules 20 --pipeline toy')).toMatchObject({ kind: 'run', source: 'random' })
    expect(parsed('--replay sdk:9')).toMatchObject({ kind: 'replay', what: 'sdk', number: 9 })
  })

  it('draws a seed when none is given', () => {
    expect(parsed('--schedules 20')).toMatchObject({ seed: null })
  })

  it('replays a seed, or a member of a systematic family', () => {
    expect(parsed('--replay 17 --trace')).toEqual({ kind: 'replay', what: 'random', number: 17, trace: true })
    expect(parsed('--replay phases:9')).toEqual({ kind: 'replay', what: 'phases', number: 9, trace: false })
  })

  it('plants every bug, or one', () => {
    expect(parsed('--planted --json')).toEqual({ kind: 'planted', only: null, json: true })
    expect(parsed('--planted --only evict')).toEqual({ kind: 'planted', only: 'evict', json: false })
  })

  it('says of each call what it takes', () => {
    expect(HELP).toContain('--replay S [--trace]\n')
    expect(HELP).toContain('--planted [--only NAME] [--json]\n')
    expect(HELP).toContain('at every 79th step')
  })

  it.each([
    ['--schedules 0', '--schedules is a whole number from 1, not 0'],
    ['--schedules 1e3', '--schedules is a whole number from 1, not 1e3'],
    ['--schedules 5 --seed x', '--seed is a whole number from 0, not x'],
    ['--schedules 5 --trace', '--trace does not go with --schedules'],
    ['--replay 5 --json', '--json does not go with --replay'],
    ['--replay days:5', '--replay takes a seed, steps:N, phases:N or sdk:N, not days:5'],
    ['--systematic --schedules 5', '--schedules and --systematic do not go together'],
    ['--schedules 5 --only x', '--only does not go with --schedules'],
    ['--planted --schedules 4', '--schedules and --planted do not go together'],
    ['--planted --seed 4', '--seed does not go with --planted'],
    ['--planted --coverage', '--coverage does not go with --planted'],
    ['--planted evict', 'evict belongs to no option'],
    ['--schedules 5 --pipeline none', '--pipeline is toy or sdk, not none'],
    ['--systematic --pipeline sdk', '--pipeline does not go with --systematic'],
    ['--seed 5', 'one of --schedules N, --systematic, --replay S or --planted is needed'],
    ['--shedules 5', "Unknown option '--shedules'"],
  ])('refuses %s', (line, message) => {
    expect(() => parsed(line)).toThrow(message)
  })
})
