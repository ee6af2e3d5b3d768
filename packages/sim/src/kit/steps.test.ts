import { type Columns, pipeline, schema, type Sink, type Source, type Stream, t } from '@pollux/sdk'
import { describe, expect, it } from 'vitest'
import { drive, type PlainRow } from './drive.ts'

const Line = schema({ at: t.timestamp(), text: t.text(), note: t.text().optional() })
const Word = schema({ word: t.text(), length: t.uint8() })
const lines: Source<typeof Line.columns> = {
  description: 'lines',
  schema: Line,
  kind: 'replayable',
  open: () => {
    throw new Error('nobody opens it here')
  },
}
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
})
