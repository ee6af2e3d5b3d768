import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect } from '@pollux/egress/collect'
import { collection } from '@pollux/ingress/collection'
import { csv, files } from '@pollux/ingress/files'
import type { SinkReply, SinkRequest, SourceReply, SourceRequest } from '@pollux/pair'
import { askSink, epoch, generation, run, schema, SourceAdapter, t } from '@pollux/sdk'
import { describe, expect, it } from 'vitest'

const Item = schema({ at: t.timestamp(), n: t.int32() })
const PLACE = { partition: 0, partitions: 1, schema: Item }

/** The core and the SDK know nothing of each other: that what one asks the other answers is said here. */
describe('what the core asks of the outside', () => {
  it('of a source, an adapter answers', () => {
    const source = collection(Item, [{ at: 5, n: 1 }], { eventTime: 'at', outOfOrder: 2 })
    const adapter = new SourceAdapter(source, PLACE, () => 0)
    const replies: SourceReply[] = []
    const requests: readonly SourceRequest[] = [
      { kind: 'probe' },
      { kind: 'read', from: '', to: null, bytes: 100, waitMs: 0 },
      { kind: 'read', from: 'elsewhere', to: null, bytes: 100, waitMs: 0 },
    ]
    for (const request of requests) adapter.request(request, (reply) => replies.push(reply))
    expect(replies).toMatchObject([
      { kind: 'reached' },
      { kind: 'rows', from: '', to: '5@1', batch: { rows: 1 }, watermark: 3, idle: false, ended: true },
      { kind: 'gone' },
    ])
  })

  it('a line that is no row is told as it is found, with its place', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pollux-ports-'))
    const answerTo = (text: string): readonly SourceReply[] => {
      writeFileSync(join(folder, 'items.csv'), text)
      const source = files(join(folder, '*.csv'), { rows: csv(Item) })
      const adapter = new SourceAdapter(source, PLACE, () => 0)
      const replies: SourceReply[] = []
      const request: SourceRequest = { kind: 'read', from: '', to: null, bytes: 100, waitMs: 0 }
      adapter.request(request, (reply) => replies.push(reply))
      adapter.close()
      return replies
    }
    const failed = (detail: RegExp) => [{ kind: 'failed', detail: expect.stringMatching(detail) as string }]
    try {
      expect(answerTo('at,n\n5,1\n6,x\n')).toEqual(failed(/items\.csv:3: .*\(badRecords: fail\)$/))
      expect(answerTo('at,m\n5,1\n')).toEqual(failed(/items\.csv:1: the header has no "n"/))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('of a sink, a writer answers', () => {
    const writer = collect().open(PLACE)
    const replies: SinkReply[] = []
    const requests: readonly SinkRequest[] = [
      { kind: 'open', run: run(1), generation: generation(1), create: true },
      { kind: 'commit', expect: epoch(0), record: epoch(2), rows: [] },
      { kind: 'probe' },
    ]
    for (const request of requests) askSink(writer, request, (reply) => replies.push(reply))
    expect(replies).toEqual([
      { kind: 'record', record: 0 },
      { kind: 'committed', record: 2 },
      { kind: 'record', record: 2 },
    ])
  })
})
