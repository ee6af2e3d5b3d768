import { DEFAULT_LIMITS } from '@pollux/pair'
import { describe, expect, test } from 'vitest'
import { Simulation } from '../runs/simulation.ts'
import { straightPlan } from '../runs/straight-plan.ts'
import { Transcript } from './transcript.ts'

const PLAN = straightPlan({ checkpointEvery: 100, computes: [], deliveries: ['lane'] })

function simulation(): Simulation {
  const options = { seed: 5, plan: PLAN, faults: [], rows: 6, sourceMs: 60, limits: DEFAULT_LIMITS }
  return new Simulation({ ...options, healAt: 1000, attended: true })
}

/** Plays to the end with these wishes; the lines without their times. */
function told(wish: (transcript: Transcript) => void): string[] {
  const s = simulation()
  const transcript = new Transcript(s)
  wish(transcript)
  while (s.goesOn && s.world.step()) transcript.look()
  return transcript.take().map((line) => line.slice('   12.3  '.length))
}

describe('a transcript', () => {
  test('tells who lives, who is in which pair and who leads, in order', () => {
    const lines = told(() => {})
    expect(lines.slice(0, 3)).toEqual([
      'in/0/a   starts',
      'out/0/a  starts',
      expect.stringMatching(/^(in|out)\/0 +view 1: a#1, leader a#1 generation 1$/),
    ])
    expect(lines).toContain('in/0/b   joined')
    expect(lines.filter((line) => /heartbeat|frame|ack|propose/.test(line))).toEqual([])
  })

  test('tells messages when asked, of whom it is asked, with where they went', () => {
    const lines = told((transcript) => transcript.tell('propose', 'in/0'))
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^in\/0\/a {3}-> in\/0\/b: propose \d+ \[\d+, \d+\) \d rows sealed generation 1$/,
      ),
    )
    expect(told((transcript) => transcript.tell('propose', 'out')).join()).not.toContain('propose')
  })

  test('the latest wish about an entry decides', () => {
    const lines = told((transcript) => {
      transcript.ignore('view', null)
      transcript.tell('view', 'out')
    })
    expect(lines.filter((line) => line.includes('view 4'))).toEqual([expect.stringContaining('out/0 ')])
  })

  test('tells what the log and the sink really hold, after whoever asked for it', () => {
    const lines = told((transcript) => {
      transcript.tell('durable-decision', null)
      transcript.tell('committed', null)
    })
    const log = lines.findIndex((line) => /^in\/0 +log has 1 \[0, /.test(line))
    const sink = lines.findIndex((line) => line.includes('sink has record'))
    expect(log).toBeGreaterThan(0)
    expect(sink).toBeGreaterThan(log)
    expect(lines).toContainEqual(expect.stringMatching(/^out\/0 +sink has record end, 6 rows in all$/))
  })

  test('only watches: the run is the same without it', () => {
    const alone = simulation()
    alone.run()
    const watched = simulation()
    const transcript = new Transcript(watched)
    while (watched.goesOn && watched.world.step()) transcript.look()
    expect([watched.world.now, watched.world.steps]).toEqual([alone.world.now, alone.world.steps])
  })
})
