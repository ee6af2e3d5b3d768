import { runExample, type World } from './example-world.ts'

/** What one example came to: what its statements are, in order, or why there is nothing. */
export type Ran = { readonly shown: readonly string[] } | { readonly error: string }

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
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
