import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** The least that the engine allocates, a number, is 16 bytes: this is less than one in four rows. */
const NOTHING = 4
/** What these cost is known, and shows that the others would not pass if they allocated. */
const ALLOCATING: Readonly<Record<string, readonly [least: number, most: number]>> = {
  // A string a row that points into the text of its batch.
  'a text for each row, the last one': [30, 40],
  'an object for each row': [40, 80],
}

it('no step allocates by the row, but those of which it is known', () => {
  // One thread: loops are compiled where they are run, after as many rows each time.
  const options = ['--single-threaded', join(import.meta.dirname, 'main.ts')]
  const found = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as Record<
    string,
    number
  >
  const names = Object.keys(found)
  expect(names.length).toBeGreaterThan(Object.keys(ALLOCATING).length + 10)
  expect(names).toEqual(expect.arrayContaining(Object.keys(ALLOCATING)))
  const wrong = Object.entries(found).filter(([name, bytes]) => {
    const [least, most] = ALLOCATING[name] ?? [-NOTHING, NOTHING]
    return bytes < least || bytes > most
  })
  expect(wrong).toEqual([])
})
