import { epoch, generation, run } from '@pollux/sdk'
import { files } from '../src/files/files.ts'
import { Item, rowsOf } from './epoch-rows.ts'

/** Commits for ever and tells each record, until somebody kills it: `node writing-process.ts FOLDER RUN`. */
const [, , folder = '', runNumber = ''] = process.argv
const writer = files(folder).open({ partition: 0, partitions: 1, schema: Item })

writer.open({ run: run(Number(runNumber)), generation: generation(1), create: true }, (reply) => {
  if (reply.kind !== 'record') throw new Error(JSON.stringify(reply))
  go(reply.record)
})

function go(from: number): void {
  const to = from + 1 + (from % 4)
  writer.commit({ expect: epoch(from), record: epoch(to), rows: rowsOf(from, to) }, (reply) => {
    if (reply.kind !== 'committed') throw new Error(JSON.stringify(reply))
    process.stdout.write(`${reply.record}\n`)
    go(reply.record)
  })
}
