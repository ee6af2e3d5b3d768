import type { Node } from 'oxc-parser'
import { type Place, Source } from '../tidy/source.ts'
import { WORLD_NAMES } from './example-world.ts'
import type { PublicName } from './public-list.ts'

/** An example as a program of its own, and what it says that its statements come to. */
export interface ExampleModule {
  readonly text: string
  readonly expected: readonly string[]
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

const ARROW = /^ -> ?/

/**
 * An example imports nothing that can be guessed: names of its own list come first, then those of the
 * example's world, then the other lists in their order. What `// ->` follows is shown.
 */
export function exampleModule(code: string, list: string, names: readonly PublicName[]): ExampleModule {
  const source = new Source('example.ts', code)
  const expected: string[] = []
  const edits: Edit[] = []
  for (const { start, end, said } of saidIn(source)) {
    edits.push({ start, end, text: `show(${expected.length}, ${code.slice(start, end)})` })
    expected.push(said)
  }
  const used = usedIn(source)
  const own = names.filter((name) => name.list === list && used.has(name.name))
  const isOwn = (name: string): boolean => own.some((one) => one.name === name)
  const world = WORLD_NAMES.filter((name) => name === 'show' || (used.has(name) && !isOwn(name)))
  const others = [...used].flatMap((name) => {
    if (isOwn(name) || world.some((one) => one === name)) return []
    return names.filter((one) => one.name === name).slice(0, 1)
  })
  const { hoisted, body } = withoutImports(source, edits)
  const imports = [...own, ...others].map(
    ({ name, isOnlyType, list: from }) => `import { ${isOnlyType ? 'type ' : ''}${name} } from '${from}'`,
  )
  const head = [...imports, ...hoisted, "import type { World } from './example-world.ts'"].join('\n')
  return {
    text: `${head}\n\nexport const body = ({ ${world.join(', ')} }: World) => {\n${body}\n}\n`,
    expected,
  }
}

/** Statements with what is said after them. */
function saidIn(source: Source): readonly (Edit & { readonly said: string })[] {
  const statements: Node[] = []
  source.visit((node) => {
    if (node.type === 'ExpressionStatement') statements.push(node.expression)
  })
  const said = new Map<Node, string[]>()
  for (const { start, value } of source.comments) {
    if (!ARROW.test(value)) continue
    const before = statements.filter(({ end }) => end <= start)
    const last = before.reduce((one, other) => (other.end > one.end ? other : one))
    said.set(last, [...(said.get(last) ?? []), value.replace(ARROW, '')])
  }
  return [...said].map(([{ start, end }, lines]) => ({ start, end, text: '', said: lines.join(' ') }))
}

/** Names that stand for a value or a type, and are not declared in the example. */
function usedIn(source: Source): ReadonlySet<string> {
  const used = new Set<string>()
  const declared = new Set<string>()
  source.visit((node, { parent, key }: Place) => {
    if (node.type !== 'Identifier') return
    const isMember = parent?.type === 'MemberExpression' && key === 'property' && !parent.computed
    const isKey = parent?.type === 'Property' && key === 'key' && !parent.shorthand
    if (parent?.type === 'VariableDeclarator' && key === 'id') declared.add(node.name)
    else if (!isMember && !isKey) used.add(node.name)
  })
  for (const name of declared) used.delete(name)
  return used
}

function withoutImports(source: Source, edits: readonly Edit[]) {
  const imports = source.program.body.filter(({ type }) => type === 'ImportDeclaration')
  const hoisted = imports.map(({ start, end }) => source.text.slice(start, end))
  const all = [...edits, ...imports.map(({ start, end }) => ({ start, end, text: '' }))]
  let body = source.text
  for (const { start, end, text } of all.toSorted((one, other) => other.start - one.start)) {
    body = body.slice(0, start) + text + body.slice(end)
  }
  return { hoisted, body }
}
