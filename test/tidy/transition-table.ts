import type { Node, ObjectExpression } from 'oxc-parser'
import type { Rule, Violation } from './rule.ts'
import type { Tree } from './tree.ts'

const TEST = 'packages/pair/src/life/own-view.test.ts'
const DOCUMENT = 'packages/pair/PAIR.md'
const WHY = 'the table is the specification: a reader must be able to believe it, cell by cell'
const TABLE = 'TABLE'
/** The first cells of its printed head. */
const HEAD = '| standing | nothing |'
const NO_OUTCOME = '-'

/** Row by row: a name, and each cell with the name of its column. */
type Table = ReadonlyMap<string, string>

/** Not imported: what belongs to the tests of a package is nobody else's, so it is read like any text. */
export const transitionTable: Rule = {
  claim: 'PAIR.md prints the transition table that its test holds',
  check(tree) {
    const printed = printedTable(tree)
    const held = heldTable(tree)
    const missing = [
      ...(printed.size === 0 ? [fault(DOCUMENT, `has no table that begins with ${HEAD}`)] : []),
      ...(held.size === 0 ? [fault(TEST, `has no ${TABLE} of literal rows`)] : []),
    ]
    if (missing.length > 0) return missing
    return [...new Set([...held.keys(), ...printed.keys()])]
      .filter((place) => printed.get(place) !== held.get(place))
      .map((place) => {
        const [is, should] = [printed.get(place) ?? 'nothing', held.get(place) ?? 'nothing']
        return fault(DOCUMENT, `prints of '${place}': ${is}; the test holds: ${should}`)
      })
  },
}

function printedTable(tree: Tree): Table {
  const lines = tree.has(DOCUMENT) ? tree.text(DOCUMENT).split('\n') : []
  const start = lines.findIndex((line) => line.startsWith(HEAD))
  if (start === -1) return new Map()
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'))
  const [head = [], , ...rows] = lines
    .slice(start, length === -1 ? lines.length : start + length)
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map((cells) => cells.slice(1, -1))
  return new Map(
    rows.map(([place = '', ...cells]) => [
      place,
      rowOf(cells.map((cell, at) => [head[at + 1] ?? '', cell] as const)),
    ]),
  )
}

function rowOf(cells: readonly (readonly [string, string])[]): string {
  return cells
    .filter(([, cell]) => cell !== NO_OUTCOME)
    .map(([fact, cell]) => `${fact} ${cell}`)
    .concat(cells.length === 0 ? [] : [`${cells.length} cells`])
    .join(', ')
}

function heldTable(tree: Tree): Table {
  if (!tree.has(TEST)) return new Map()
  const constants = new Map<string, Node>()
  tree.source(TEST).visit((node) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || node.init === null) return
    constants.set(node.id.name, node.init)
  })
  const table = constants.get(TABLE)
  if (table?.type !== 'ObjectExpression') return new Map()
  return new Map(
    [...entriesOf(table, constants)].map(([place, row]) => [
      place,
      row.type === 'ObjectExpression'
        ? rowOf([...entriesOf(row, constants)].map(([fact, value]) => [fact, outcomeOf(value)] as const))
        : 'something that is not literal',
    ]),
  )
}

/** With what is spread into it, and names of constants followed. */
function entriesOf(object: ObjectExpression, constants: ReadonlyMap<string, Node>): Map<string, Node> {
  const entries = new Map<string, Node>()
  for (const property of object.properties) {
    if (property.type === 'SpreadElement') {
      const spread = followed(property.argument, constants)
      if (spread.type !== 'ObjectExpression') continue
      for (const [key, value] of entriesOf(spread, constants)) entries.set(key, value)
    } else entries.set(keyOf(property.key), followed(property.value, constants))
  }
  return entries
}

function followed(node: Node, constants: ReadonlyMap<string, Node>): Node {
  return node.type === 'Identifier' ? (constants.get(node.name) ?? node) : node
}

function keyOf(key: Node): string {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : ''
}

function outcomeOf(node: Node): string {
  if (node.type !== 'Literal') return 'something that is not literal'
  return typeof node.value === 'string' ? node.value : NO_OUTCOME
}

function fault(path: string, what: string): Violation {
  return { path, line: 1, what, why: WHY, instead: 'change the text or the test, whichever is wrong' }
}
