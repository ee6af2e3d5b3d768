import { parseSync, visitorKeys } from 'oxc-parser'
import type { Comment, Node, Program } from 'oxc-parser'

/** How one file names another. */
export interface Import {
  readonly specifier: string
  readonly line: number
  readonly kind: 'static' | 'dynamic'
  readonly typeOnly: boolean
}

/** Where a node sits in its parent: an identifier's meaning depends on it. */
export interface Place {
  readonly parent: Node | null
  readonly key: string
}

/** One file, parsed: a word in a comment or a string is not a use of it. */
export class Source {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  #parsed: { readonly program: Program; readonly comments: readonly Comment[] } | null = null

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    this.lines = text.split('\n')
  }

  get isTest(): boolean {
    return this.path.endsWith('.test.ts')
  }

  get program(): Program {
    return this.#parse().program
  }

  get comments(): readonly Comment[] {
    return this.#parse().comments
  }

  lineOf(offset: number): number {
    let line = 1
    for (let at = this.text.indexOf('\n'); at !== -1 && at < offset; at = this.text.indexOf('\n', at + 1))
      line += 1
    return line
  }

  visit(visitor: (node: Node, place: Place) => void): void {
    walk(this.program, { parent: null, key: '' }, visitor)
  }

  get imports(): readonly Import[] {
    const found: Import[] = []
    this.visit((node) => {
      const named = importOf(node)
      if (named !== null) found.push({ ...named, line: this.lineOf(node.start) })
    })
    return found
  }

  #parse() {
    if (this.#parsed !== null) return this.#parsed
    const { program, comments, errors } = parseSync(this.path, this.text)
    const first = errors[0]
    if (first !== undefined) throw new Error(`${this.path} does not parse: ${first.message}`)
    this.#parsed = { program, comments }
    return this.#parsed
  }
}

function walk(node: Node, place: Place, visitor: (node: Node, place: Place) => void): void {
  visitor(node, place)
  for (const key of visitorKeys[node.type] ?? []) {
    const child: unknown = Reflect.get(node, key)
    for (const each of Array.isArray(child) ? (child as unknown[]) : [child]) {
      if (isNode(each)) walk(each, { parent: node, key }, visitor)
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

function importOf(node: Node): Omit<Import, 'line'> | null {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: node.source.value, kind: 'static', typeOnly: node.importKind === 'type' }
    case 'ExportAllDeclaration':
      return { specifier: node.source.value, kind: 'static', typeOnly: node.exportKind === 'type' }
    case 'ExportNamedDeclaration':
      if (node.source === null) return null
      return { specifier: node.source.value, kind: 'static', typeOnly: node.exportKind === 'type' }
    case 'TSImportType':
      return { specifier: node.source.value, kind: 'static', typeOnly: true }
    case 'ImportExpression': {
      const literal = node.source.type === 'Literal' && typeof node.source.value === 'string'
      const specifier = literal ? String((node.source as { value: unknown }).value) : '(computed)'
      return { specifier, kind: 'dynamic', typeOnly: false }
    }
    default:
      return null
  }
}
