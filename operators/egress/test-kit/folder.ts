import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for each test that asks for one, gone when the test is over: `testFolders(afterEach)`. */
export function testFolders(afterEach: (clean: () => void) => void): () => string {
  const made: string[] = []
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'pollux-segments-'))
    made.push(folder)
    return folder
  }
}
