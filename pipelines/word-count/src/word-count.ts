import { type Columns, count, landmark, pipeline, schema, type Sink, type Source, t } from '@pollux/sdk'

export const Line = schema({ at: t.timestamp(), text: t.text() })
export const Word = schema({ at: t.timestamp(), word: t.text() })

export interface WordCountEnds {
  readonly lines: Source<typeof Line.columns>
  readonly counts: Sink<Columns>
}

/** How often each word has come so far. */
export const wordCount = pipeline<WordCountEnds>('word-count', ({ ingress, config }) => {
  ingress('lines', config.lines)
    .flatMap(Word, ({ at, text }, emit) => text.split(/\W+/).forEach((word) => word && emit({ at, word })))
    .keyBy('word')
    .window(landmark(0, '1s'))
    .aggregate('so-far', { times: count() })
    .egress('counts', config.counts)
})
