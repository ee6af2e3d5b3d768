import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a reader of the folder finds, in the order of names. */
export function linesIn(folder: string, pattern = 'partition=*/from=*/to=*.ndjson'): readonly string[] {
  const names = globSync(pattern, { cwd: folder }).sort()
  return names.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
}

/** All names that are not hidden. */
export function namesIn(folder: string): readonly string[] {
  return globSync('partition=*/from=*/*', { cwd: folder }).sort()
}
