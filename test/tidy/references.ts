import type { Node } from 'oxc-parser'
import type { Rule, Violation } from './rule.ts'
import type { Source } from './source.ts'
import type { Tree } from './tree.ts'

type Fault = Pick<Violation, 'what' | 'instead'>

/** Where invariants are numbered, and where every other list of numbered rules is said to be. */
const INDEX = 'packages/pair/PAIR.md'
const WHY = 'a number that is written down nowhere, or twice, sends its reader looking'
/** ` *  D2. A decision held is never replaced` */
const LISTED = /^[ \t*]*([A-Z][0-9]{1,2})\. /gm
/** `| P3 | An item is evicted only after ...` */
const TABLED = /^\| ([A-Z][0-9]{1,2}) \|/gm
/** 'V1 to V4 in `view.ts`': of another file than the one that says so. */
const SAID_TO_BE = /\b([A-Z])([0-9]{1,2})(?: to \1([0-9]{1,2}))? in `([\w-]+\.ts)`/g
/** Not a piece of a longer name, number or address: `0xF1`, F1.ts, K8s, A4-page, x/B2. */
const CITED = /(?<![\w.#$/\\-])[A-Z][0-9]{1,2}(?![\w$/\\-]|\.\w)/g
const IN_BRACKETS = /\(([A-Z][0-9]{1,2}(?:, [A-Z][0-9]{1,2})*)\)/g
const QUOTED = /`[^`]*`/g
/** Names of things that happen to look so. */
const NAMES = ['V8']
const TEST_FUNCTIONS = ['test', 'it', 'describe', 'suite']

export const references: Rule = {
  claim: 'a rule that is cited by a letter and a number is written down, in the same file or by PAIR.md',
  check(tree) {
    const index = new Index(tree)
    return [
      ...index.faults,
      ...tree.sources.flatMap((source) => {
        const own = new Set(definedIn(source))
        return citationsIn(source)
          .filter(({ cited }) => !own.has(cited) && !index.has(cited))
          .map(({ cited, line }) => fault(source.path, line, undefinedFault(cited)))
      }),
    ]
  },
}

/** What PAIR.md numbers itself, and what it says is numbered elsewhere. */
class Index {
  readonly faults: Violation[] = []
  readonly #known = new Set<string>()

  constructor(tree: Tree) {
    const text = tree.has(INDEX) ? tree.text(INDEX) : ''
    const own = [...text.matchAll(TABLED)].map(([, number = '']) => number)
    for (const number of own) this.#known.add(number)
    for (const match of text.matchAll(SAID_TO_BE)) this.#follow(tree, text, match)
    this.#findTwice(tree, own)
    text.split('\n').forEach((line, at) => {
      for (const cited of citedIn(line)) {
        if (!this.has(cited)) this.faults.push(fault(INDEX, at + 1, undefinedFault(cited)))
      }
    })
  }

  has(number: string): boolean {
    return this.#known.has(number)
  }

  #follow(tree: Tree, text: string, match: RegExpMatchArray): void {
    const [said = '', letter = '', first = '', last = first, file = ''] = match
    const home = tree.sources.find(({ path }) => path.endsWith(`/${file}`))
    const defined = new Set(home === undefined ? [] : definedIn(home))
    for (let number = Number(first); number <= Number(last); number++) {
      this.#known.add(`${letter}${number}`)
      if (defined.has(`${letter}${number}`)) continue
      const line = text.slice(0, match.index).split('\n').length
      const what = `says "${said}", which does not define ${letter}${number}`
      this.faults.push(
        fault(INDEX, line, { what, instead: 'name the file that does, and no more than it has' }),
      )
    }
  }

  /** One letter, one list: C1 of one file and C1 of another read alike wherever they are cited. */
  #findTwice(tree: Tree, own: readonly string[]): void {
    const homes = new Map<string, string>(own.map((number) => [number, INDEX]))
    for (const source of tree.sources) {
      for (const number of definedIn(source)) {
        const home = homes.get(number)
        homes.set(number, source.path)
        if (home === undefined) continue
        const what = `defines ${number}, as does ${home}`
        const instead = 'give one of the two lists another letter'
        this.faults.push(fault(source.path, 1, { what, instead }))
      }
    }
  }
}

function definedIn({ comments }: Source): string[] {
  return comments.flatMap(({ value }) => [...value.matchAll(LISTED)].map(([, number = '']) => number))
}

interface Citation {
  readonly cited: string
  readonly line: number
}

/** Any in a comment; of a test's name, and of a claim's, what stands in brackets. */
function citationsIn(source: Source): Citation[] {
  const found = source.comments.flatMap(({ value, start }) =>
    citedIn(value).map((cited) => ({ cited, line: source.lineOf(start) })),
  )
  source.visit((node) => {
    const name = nameGivenBy(node)
    for (const [, inside = ''] of (name?.text ?? '').matchAll(IN_BRACKETS)) {
      for (const cited of inside.split(', ')) found.push({ cited, line: source.lineOf(name?.start ?? 0) })
    }
  })
  return found
}

function citedIn(text: string): string[] {
  return [...text.replace(QUOTED, '').matchAll(CITED)]
    .map(([cited]) => cited)
    .filter((c) => !NAMES.includes(c))
}

function nameGivenBy(node: Node): { readonly text: string; readonly start: number } | null {
  if (node.type === 'Property') {
    const isName = node.key.type === 'Identifier' && node.key.name === 'name'
    return isName ? textOf(node.value) : null
  }
  if (node.type !== 'CallExpression' || !TEST_FUNCTIONS.includes(rootOf(node.callee))) return null
  const [first] = node.arguments
  return first === undefined ? null : textOf(first)
}

/** `it` of `it.each([...])`. */
function rootOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression') return rootOf(node.object)
  return node.type === 'CallExpression' ? rootOf(node.callee) : ''
}

function textOf(node: Node): { readonly text: string; readonly start: number } | null {
  if (node.type === 'Literal' && typeof node.value === 'string')
    return { text: node.value, start: node.start }
  if (node.type !== 'TemplateLiteral') return null
  return { text: node.quasis.map(({ value }) => value.raw).join(''), start: node.start }
}

function undefinedFault(cited: string): Fault {
  return {
    what: `cites ${cited}, which is not defined there, nor by PAIR.md`,
    instead: 'cite an invariant of PAIR.md, say there where the list is, or say it in words',
  }
}

function fault(path: string, line: number, { what, instead }: Fault): Violation {
  return { path, line, what, why: WHY, instead }
}
