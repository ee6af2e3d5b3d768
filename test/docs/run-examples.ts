import type { Ran } from './author-folder.ts'
import { runExample, type World } from './example-world.ts'

/** Runs examples in one process, and tells by file what they came to, as JSON. */
export function runExamples(bodies: Readonly<Record<string, (world: World) => void>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(bodies).map(([file, body]) => [file, runOne(body)])),
  )
}

function runOne(body: (world: World) => void): Ran {
  try {
    return { shown: runExample(body) }
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
