import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { pipeline } from './pipeline.ts'
import type { Stream } from './stream.ts'

const Line = schema({ text: t.text(), n: t.int32() })
const Word = schema({ word: t.text() })
const state = { n: t.int32() }
const parts = { state, result: t.int32(), read: (kept: { readonly n: number }) => kept.n }

/** Of each step the compiler is asked; none is run. */
function compiled(define: (lines: Stream<typeof Line.columns>) => readonly unknown[]): number {
  let asked = 0
  pipeline('p', ({ ingress }) => {
    asked = define(ingress('lines', namedSource(Line, { description: 'lines' }))).length
  }).build(undefined)
  return asked
}

it('rows that are returned where they are emitted, or later, do not compile', () => {
  const asked = compiled((lines) => [
    // @ts-expect-error: as flatMap of lists is written
    () => lines.flatMap(Word, ({ text }) => text.split(' ').map((word) => ({ word }))),
    // @ts-expect-error: nobody waits
    () => lines.flatMap(Word, async ({ text }, emit) => emit({ word: await Promise.resolve(text) })),
    // @ts-expect-error: as map is written
    () => lines.process('own', { output: Line, process: (line) => line }),
    () =>
      lines.process('own', {
        output: Line,
        process: (_line, { setTimer }) => setTimer(5),
        // @ts-expect-error: nor of a timer
        onTimer: ({ at, name }) => ({ text: name, n: at }),
      }),
  ])
  expect(asked).toBeGreaterThan(0)
})

it('nor does a state that is returned, as folds are written elsewhere', () => {
  const merge = (): void => undefined
  const asked = [
    () =>
      ownAggregate({
        ...parts,
        merge,
        // @ts-expect-error: another state
        add: (kept, { n }: { readonly n: number }) => ({ n: kept.n + n }),
      }),
    // @ts-expect-error: nor the same
    () => ownAggregate({ ...parts, merge, add: (kept, _line: object) => kept }),
    // @ts-expect-error: nor of two
    () => ownAggregate({ ...parts, merge: (one, other) => ({ n: one.n + other.n }), add: () => undefined }),
  ]
  expect(asked).toHaveLength(3)
})

it('what short callbacks come to by the way compiles', () => {
  const asked = compiled((lines) => [
    () => lines.flatMap(Word, ({ text, n }, emit) => n > 0 && emit({ word: text })),
    () => lines.flatMap(Word, ({ text }, emit) => text.split(' ').map((word) => emit({ word }))),
    () => lines.process('own', { output: Line, process: (line, { emit }) => emit(line) }),
    () => lines.process('own', { output: Line, state, process: ({ n }, kept) => (kept.state.n += n) }),
    () =>
      ownAggregate({
        ...parts,
        add: (kept, { n }: { readonly n: number }) => (kept.n += n),
        merge: (kept, { n }) => (kept.n += n),
      }),
  ])
  expect(asked).toBeGreaterThan(0)
})
