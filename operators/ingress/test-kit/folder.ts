import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for each test that asks for one, gone when the test is over: `testFolders(afterEach)`. */
export function testFolders(
  afterEach: (clean: () => void) => void,
): (files?: Readonly<Record<string, string | Uint8Array>>) => string {
  const made: string[] = []
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  return (files = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'pollux-files-'))
    made.push(folder)
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return folder
  }
}
