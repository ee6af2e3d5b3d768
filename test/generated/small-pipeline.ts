import { type Columns, pipeline, schema, type Sink, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { drive } from '@pollux/sim'

/** A pipeline of stateless steps, run by itself: what came out, how, and what an error says. */
const Line = schema({ at: t.timestamp(), text: t.text(), shop: t.symbol({ cap: 10 }).optional() })
const Word = schema({ word: t.text(), length: t.uint8(), share: t.float64() })
const lines = namedSource(Line, { description: 'lines' })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

const words = pipeline('words', ({ ingress }) => {
  const all = ingress('lines', lines).filter(({ text }) => text !== '')
  const { named } = all.branch({ named: (row) => row.shop !== null })
  named.egress('named', sink)
  all
    .flatMap(Word, ({ text }, emit) => {
      for (const word of text.split(' '))
        emit({ word, length: word.length, share: word.length / text.length })
    })
    .filter((row) => row.length > 1)
    .map(Word, (row) => ({ ...row, word: longest(row.word) }))
    .mapBatch(Word, ({ word, length, share }, made, rows) => {
      made.length.set(length)
      for (let row = 0; row < rows; row++) {
        made.word.copy(row, word, row)
        made.share[row] = share[row]! * 2
      }
    })
    .filter((row) => row.share < 9)
    .egress('words', sink)
})

function longest(word: string): string {
  if (word === 'wrong') throw new TypeError('that is wrong')
  return word.toUpperCase()
}

const driver = drive(words, undefined)
driver.push(
  'lines',
  { at: 1, text: 'a rose is', shop: 'tea' },
  { at: 2, text: '' },
  { at: 3, text: 'é\ud800 x yz' },
)
driver.advanceTo(1000)
let error = ''
try {
  driver.push('lines', { at: 4, text: 'what is wrong here' }).advanceTo(2000)
} catch (thrown) {
  error = (thrown as Error).message
}
const { loops } = driver.compiled.operators('lines', 0) as unknown as { readonly loops: readonly string[] }
const output = { words: driver.output('words'), named: driver.output('named'), error }
console.log(JSON.stringify({ loops, output }))
