import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'

/** What was typed cannot be meant; the message says what can. */
export class UsageError extends Error {}

/**
 * The options of a command as typed, and, if it takes any, what belongs to no option. Asked for help it gives
 * that, and the command ends.
 */
export function commandLine<const Options extends ParseArgsOptionsConfig>(
  help: string,
  options: Options,
  takesWords = false,
) {
  return orEnd(() => {
    const all = { ...options, help: { type: 'boolean' } } as const
    const { values, positionals } = parsed(all)
    if ((values as { readonly help?: boolean }).help === true) {
      console.log(help)
      process.exit(0)
    }
    if (!takesWords) noWords(positionals)
    return { values, positionals }
  })
}

/** Goes on, or ends the command if what was typed cannot be meant. */
export function orEnd<T>(go: () => T): T {
  try {
    return go()
  } catch (error) {
    return endFor(error)
  }
}

/** Exit code 2 and one sentence: with the whole help behind it, it would scroll away. */
export function endFor(error: unknown): never {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n--help tells the rest`)
  process.exit(2)
}

export function noWords(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`${positionals[0]} belongs to no option`)
}

export function wholeNumber(text: unknown, name: string, least = 0): number {
  const value = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new UsageError(`--${name} is a whole number from ${least}, not ${String(text)}`)
}

export function parsed<const Options extends ParseArgsOptionsConfig>(
  options: Options,
  args: readonly string[] = process.argv.slice(2),
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    // What follows the first line, or "To specify a positional argument", is about how Node reads options.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\n|\. (?=To )/)
    throw new UsageError(
      sentence?.replace('argument is ambiguous.', 'takes no value that begins with a dash'),
    )
  }
}
