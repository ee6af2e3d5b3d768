import { sourceOf } from './generated-function.ts'
import { isDot, isSign, scriptTokens, type Token } from './script-tokens.ts'

/** By these a function gets at its row without naming it. */
const HIDDEN = /^(?:arguments|eval|with)$/
const OPENING = /^[([{]$/
/** Of a parameter that takes apart what it is given; or there is none. */
const BEGINNING = /^[[{)]$/
const CLOSING = /^[)\]}]$/

/**
 * Which columns of its row a callback reads, by its text. Null, which means all of them, wherever the text
 * leaves a doubt: where the row is passed on, spread, indexed by what is computed, or shadowed.
 *
 * It is certain in two cases only: where the parameter takes the row apart (`({ amount }) =>`), and where
 * every use of its name is `row.amount`, `row?.amount` or `row['amount']` of a column that there is.
 * `place`: which parameter the row is.
 */
export function columnsUsed(
  callback: unknown,
  columns: readonly string[],
  place = 0,
): ReadonlySet<string> | null {
  const source = sourceOf(callback)
  // What is bound, a proxy or the engine's own has no text to go by.
  if (source.includes('[native code]')) return null
  const tokens = scriptTokens(source)
  if (tokens === null || tokens.some(({ text }) => text !== null && HIDDEN.test(text))) return null
  const head = headOf(tokens, place)
  if (head === null) return null
  const { parameter, rest } = head
  if (typeof parameter !== 'string') return new Set(columns.filter((name) => parameter.has(name)))
  const used = usesOf(rest, parameter)
  // What is no column is a method that all objects have, which may read them all.
  return used !== null && [...used].every((name) => columns.includes(name)) ? used : null
}

interface Head {
  /** The name of the parameter, or the keys that it takes out of the row. */
  readonly parameter: string | ReadonlySet<string>
  /** What stands before it, and what follows. */
  readonly rest: readonly Token[]
}

function headOf(tokens: readonly Token[], place: number): Head | null {
  const words = tokens.map(({ kind, text }) => (kind === 'sign' || kind === 'name' ? text : kind))
  const isName = (at: number): boolean => tokens[at]?.kind === 'name'
  if (isName(0) && words[1] === '=>')
    return { parameter: place === 0 ? words[0]! : new Set(), rest: tokens.slice(1) }
  // `function (`, `function name(`, `(` of an arrow, `name(` of a method.
  let at = words[0] === 'function' ? 1 : 0
  if (isName(at)) at++
  if (words[at] !== '(') return null
  const from = beginOfParameter(tokens, at + 1, place)
  const row = from === null ? null : parameterOf(tokens, from)
  if (from === null || row === null || (words[row.to] !== ',' && words[row.to] !== ')')) return null
  const follows = words[endOfParameters(tokens, row.to) + 1]
  const whole = at === 0 ? follows === '=>' : follows === '{'
  // What the other parameters do with the row counts: `(row, note = row.note) =>`.
  const rest = [...tokens.slice(at + 1, from), ...tokens.slice(row.to)]
  return whole ? { parameter: row.parameter, rest } : null
}

/** Null where one before it takes all that there are, as `...all` does. */
function beginOfParameter(tokens: readonly Token[], first: number, place: number): number | null {
  let at = first
  for (let before = 0; before < place; before++) {
    const { kind, text } = tokens[at] ?? {}
    if (kind !== 'name' && !(kind === 'sign' && BEGINNING.test(text!))) return null
    at = endOfPart(tokens, at)
    if (!isSign(tokens[at], ',')) return at
    at++
  }
  return at
}

function endOfParameters(tokens: readonly Token[], from: number): number {
  let at = from
  while (at < tokens.length && !isSign(tokens[at], ')')) at = endOfPart(tokens, at + 1)
  return at
}

interface Parameter {
  readonly parameter: string | ReadonlySet<string>
  /** Where it ends. */
  readonly to: number
}

function parameterOf(tokens: readonly Token[], at: number): Parameter | null {
  const { kind, text } = tokens[at] ?? {}
  if (kind === 'name') return { parameter: text!, to: at + 1 }
  if (kind !== 'sign') return null
  if (text === ')') return { parameter: new Set(), to: at }
  return text === '{' ? keysOf(tokens, at + 1) : null
}

/** The keys of a pattern; null for a rest, which takes all that there are, and for computed ones. */
function keysOf(tokens: readonly Token[], from: number): Parameter | null {
  const keys = new Set<string>()
  let at = from
  while (!isSign(tokens[at], '}')) {
    const key = tokens[at]
    if (key === undefined || key.text === null || (key.kind !== 'name' && key.kind !== 'string')) return null
    keys.add(key.text)
    at = endOfPart(tokens, at + 1)
    if (isSign(tokens[at], ',')) at++
  }
  return { parameter: keys, to: at + 1 }
}

/** The sign that ends one part of a pattern, or a parameter; its name, default, inner pattern passed over. */
function endOfPart(tokens: readonly Token[], from: number): number {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!
    if (kind !== 'sign') continue
    if (depth === 0 && (text === ',' || text === '}' || text === ')')) return at
    if (OPENING.test(text!)) depth++
    else if (CLOSING.test(text!)) depth--
  }
  return tokens.length
}

/** What is read of the row by its name; null where anything else is done with it. */
function usesOf(tokens: readonly Token[], parameter: string): ReadonlySet<string> | null {
  const used = new Set<string>()
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== 'name' || text !== parameter) continue
    if (isDot(tokens[at - 1])) continue
    const [sign, name, end] = [tokens[at + 1], tokens[at + 2], tokens[at + 3]]
    const isMember = isDot(sign) && name?.kind === 'name'
    const isIndex = isSign(sign, '[') && name?.kind === 'string' && isSign(end, ']')
    if (!(isMember || isIndex) || name.text === null) return null
    used.add(name.text)
  }
  return used
}
