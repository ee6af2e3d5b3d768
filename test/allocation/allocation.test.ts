import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** The least that the engine allocates, a number, is 16 bytes: this is less than one in four rows. */
const NOTHING = 4
/** What a key takes, in a group nearly its own; with all texts of a frame it would be 77 KB. */
const OF_ITS_OWN = 8000
/** What these cost is known, and shows that the others would not pass if they allocated. */
const ALLOCATING: Readonly<Record<string, readonly [least: number, most: number]>> = {
  // A string a row.
  'a text for each row, the last one': [30, 60],
  'an object for each row': [40, 80],
}

it('no step allocates by the row, but those of which it is known', () => {
  // One thread: loops are compiled where they are run, after as many rows each time.
  const found = measured('--single-threaded', 'main.ts')
  const names = Object.keys(found)
  expect(names.length).toBeGreaterThan(Object.keys(ALLOCATING).length + 10)
  expect(names).toEqual(expect.arrayContaining(Object.keys(ALLOCATING)))
  const wrong = Object.entries(found).filter(([name, bytes]) => {
    const [least, most] = ALLOCATING[name] ?? [-NOTHING, NOTHING]
    return bytes < least || bytes > most
  })
  expect(wrong).toEqual([])
})

it('a text that is kept is kept alone, and not with all texts of its frame', () => {
  const found = measured('--expose-gc', 'held.ts')
  expect(Object.keys(found)).toHaveLength(3)
  expect(Object.entries(found).filter(([, bytes]) => bytes > OF_ITS_OWN)).toEqual([])
})

/** What a program beside this one prints, in a process with an option of the engine. */
function measured(option: string, file: string): Readonly<Record<string, number>> {
  const run = [option, join(import.meta.dirname, file)]
  return JSON.parse(execFileSync(process.execPath, run, { encoding: 'utf8' })) as Record<string, number>
}
