import { type Columns, pipeline, schema, type Sink, type Stream, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { drive } from './drive.ts'
import type { PlainRow } from './given-rows.ts'

const Line = schema({ at: t.timestamp(), text: t.text(), note: t.text().optional() })
const Word = schema({ word: t.text(), length: t.uint8() })
const lines = namedSource(Line, { description: 'lines' })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

/** What comes out of one pipeline of stateless steps for these lines. */
function out(define: (stream: Stream<typeof Line.columns>) => void, ...texts: readonly string[]) {
  const made = pipeline('words', ({ ingress }) => define(ingress('lines', lines)))
  const driver = drive(made, undefined).push('lines', ...texts.map((text, at) => ({ at, text })))
  driver.finish()
  return (egress: string): readonly PlainRow[] => driver.output(egress)
}

describe('a stateless step', () => {
  it('filters, maps and spreads, row by row and in order', () => {
    const output = out(
      (stream) =>
        stream
          .filter((row) => row.text !== '')
          .flatMap(Word, ({ text }, emit) => {
            for (const word of text.split(' ')) emit({ word, length: word.length })
          })
          .filter((row) => row.length > 1)
          .egress('out', sink),
      'a rose is',
      '',
      'a rose',
    )
    expect(output('out').map((row) => row['word'])).toEqual(['rose', 'is', 'rose'])
  })

  it('sends each row to the first branch whose condition holds, and to the rest otherwise', () => {
    const output = out(
      (stream) => {
        const { short, even, rest } = stream.branch({
          short: (row) => row.text.length < 2,
          even: (row) => row.text.length % 2 === 0,
        })
        short.egress('short', sink)
        even.merge(rest).egress('long', sink)
      },
      'a',
      'bb',
      'ccc',
      'd',
      'eeee',
    )
    expect(output('short').map((row) => row['text'])).toEqual(['a', 'd'])
    // Within an epoch first the rows of the one, then of the other.
    expect(output('long').map((row) => row['text'])).toEqual(['bb', 'eeee', 'ccc'])
  })

  it('feeds every step that hangs on one stream', () => {
    const output = out(
      (stream) => {
        stream.egress('all', sink)
        stream.filter((row) => row.text === 'x').egress('some', sink)
      },
      'x',
      'y',
    )
    expect([output('all').length, output('some').length]).toEqual([2, 1])
  })

  it('leaves an optional column null that a callback leaves out', () => {
    const Some = schema({ text: t.text(), note: t.text().optional() })
    const output = out((stream) => stream.map(Some, ({ text }) => ({ text })).egress('out', sink), 'x')
    expect(output('out')).toEqual([{ text: 'x', note: null }])
  })
})

describe('an error in a callback', () => {
  const wrong = (onError: 'fail' | 'skip') => () =>
    out(
      (stream) =>
        stream
          .map(Word, ({ text }) => ({ word: text, length: text.length }), { onError })
          .egress('out', sink),
      'fine',
      'x'.repeat(300),
    )('out')

  it('names the pipeline, the step, where it was written, the row, and what was wrong', () => {
    expect(wrong('fail')).toThrow(
      /^words, map \(.*steps\.test\.ts:\d+\), at row \{at 1, text "x{60}\.\.\.", note null\}: ColumnError: /,
    )
    expect(wrong('fail')).toThrow('column length, row 0: a whole number from 0 to 255, not 300')
  })

  it('costs the row where that was said', () => {
    expect(wrong('skip')()).toEqual([{ word: 'fine', length: 4 }])
  })

  it('goes to a stream of its own where that was said, with its event time, place and row', () => {
    const output = out(
      (stream) => {
        const timed = stream.eventTime('at')
        const words = timed.map(
          Word,
          ({ text }) => {
            if (text === '') throw new RangeError('nothing there')
            return { word: text, length: text.length }
          },
          { onError: 'deadLetter' },
        )
        words.egress('words', sink)
        words.failed.filter((row) => row.at > 0).egress('failed', sink)
        const { long, failed } = timed.branch(
          { long: ({ text }) => text.at(1)!.length > 0 },
          { onError: 'deadLetter' },
        )
        long.merge(timed).egress('long', sink)
        failed.egress('short', sink)
      },
      'fine',
      '',
      'x'.repeat(300),
    )
    expect(output('words')).toEqual([{ word: 'fine', length: 4 }])
    expect(output('failed').map(({ at, error }) => `${String(at)} ${String(error)}`)).toEqual([
      '1 RangeError: nothing there',
      '2 ColumnError: column.range: column length, row 0: a whole number from 0 to 255, not 300',
    ])
    const [thrown, misfit] = output('failed')
    expect(thrown).toMatchObject({ row: '{at 1, text "", note null}' })
    expect(thrown!['step']).toMatch(/^map \(steps\.test\.ts:\d+\)$/)
    expect(thrown!['where']).toMatch(/^steps\.test\.ts:\d+$/)
    expect(misfit!['where']).toBe('')
    expect(output('short')).toMatchObject([{ at: 1, row: '{at 1, text "", note null}' }])
    expect(output('long')).toHaveLength(5)
  })
})
