import type { Node } from 'oxc-parser'
import { packageOf } from './layout.ts'
import type { Rule, Violation } from './rule.ts'
import type { Place, Source } from './source.ts'

const WHY =
  'twins must produce the same bytes, and a simulation replays only what nothing outside the inputs decides'

/**
 * What tests may not use either: one that depends on a clock or on chance fails on somebody else's machine.
 */
const NEVER: Readonly<Record<string, string>> = {
  Date: 'take the time as an argument',
  performance: 'take the time as an argument',
  setTimeout: 'return an effect; ticks are inputs',
  setInterval: 'return an effect; ticks are inputs',
  setImmediate: 'return an effect; ticks are inputs',
  clearTimeout: 'return an effect; ticks are inputs',
  clearInterval: 'return an effect; ticks are inputs',
  clearImmediate: 'return an effect; ticks are inputs',
  queueMicrotask: 'return an effect; ticks are inputs',
  fetch: 'return an effect that the driver carries out',
  WebSocket: 'return an effect that the driver carries out',
  WeakRef: 'the garbage collector decides it: count references yourself',
  FinalizationRegistry: 'the garbage collector decides it: count references yourself',
}

const IN_TESTS_ONLY: Readonly<Record<string, string>> = {
  process: 'take configuration as an argument',
  console: 'return what happened; the driver logs it',
  crypto: 'take a seeded generator as an argument',
  Intl: 'print in one fixed form; locales differ between machines',
  Buffer: 'use Uint8Array',
  Promise: 'return an effect, and take its reply as an input',
  Function: 'write the code',
  eval: 'write the code',
  require: 'import the file itself, with .ts',
  global: 'take it as an argument',
  globalThis: 'take it as an argument',
  Atomics: 'one owner; no memory is shared',
  SharedArrayBuffer: 'one owner; no memory is shared',
}

/** What is a file's whole purpose to touch. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  'packages/sim/src/kit/forbidden-globals.ts': ['uses globalThis'],
  // Tests do without code of text, where it is not switched off.
  'packages/sdk/test-kit/without-code.ts': ['uses globalThis'],
  // Loops are only fast where they are made for their columns: text becomes code in this one file.
  'packages/sdk/src/program/generated/generated-function.ts': ['uses Function'],
}

const LOCALE = /^(localeCompare|toLocale[A-Z]\w*)$/

interface Use {
  readonly what: string
  readonly instead: string
  readonly inTestsToo: boolean
}

export const purity: Rule = {
  claim: 'pure packages use no clock, no chance, no I/O, nothing asynchronous and no global state',
  check(tree) {
    return tree.sources.filter((source) => packageOf(source.path)?.pure === true).flatMap(impureUses)
  },
}

function impureUses(source: Source): Violation[] {
  const found: Violation[] = []
  source.visit((node, place) => {
    for (const use of [
      globalUse(node, place),
      memberUse(node),
      asyncUse(node),
      importUse(node),
      stateUse(node, place),
    ]) {
      if (use === null || (source.isTest && !use.inTestsToo)) continue
      if (MAY_USE[source.path]?.includes(use.what) === true) continue
      found.push({
        path: source.path,
        line: source.lineOf(node.start),
        what: use.what,
        why: WHY,
        instead: use.instead,
      })
    }
  })
  return found
}

/** A binding of such a name counts as a use: it would hide the global from this rule, and from the reader. */
function globalUse(node: Node, { parent, key }: Place): Use | null {
  if (node.type !== 'Identifier' || !namesAVariable(parent, key)) return null
  const never = Object.hasOwn(NEVER, node.name) ? NEVER[node.name] : undefined
  const instead = never ?? (Object.hasOwn(IN_TESTS_ONLY, node.name) ? IN_TESTS_ONLY[node.name] : undefined)
  if (instead === undefined) return null
  return { what: `uses ${node.name}`, instead, inTestsToo: never !== undefined }
}

/** Not the name of a property, of a method, of a label, or the outer name of an import or export. */
function namesAVariable(parent: Node | null, key: string): boolean {
  switch (key) {
    case 'imported':
    case 'exported':
    case 'label':
      return false
    case 'right':
      return parent?.type !== 'TSQualifiedName'
    case 'key':
    case 'property':
      return parent !== null && 'computed' in parent && parent.computed
    default:
      return true
  }
}

function memberUse(node: Node): Use | null {
  if (node.type !== 'MemberExpression') return null
  const name = memberName(node)
  if (name === null) return null
  if (LOCALE.test(name)) {
    return {
      what: `uses ${name}`,
      instead: 'compare code units (<, >); locales differ',
      inTestsToo: true,
    }
  }
  if (name !== 'random' || node.object.type !== 'Identifier' || node.object.name !== 'Math') return null
  return {
    what: 'uses Math.random',
    instead: 'take a seeded generator as an argument',
    inTestsToo: true,
  }
}

function memberName(node: Node & { type: 'MemberExpression' }): string | null {
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null
  return node.property.type === 'Literal' && typeof node.property.value === 'string'
    ? node.property.value
    : null
}

function asyncUse(node: Node): Use | null {
  const isAsync =
    node.type === 'AwaitExpression' ||
    (node.type === 'ForOfStatement' && node.await) ||
    ('async' in node && node.async)
  if (!isAsync) return null
  return {
    what: node.type === 'AwaitExpression' || node.type === 'ForOfStatement' ? 'awaits' : 'is asynchronous',
    instead: 'return an effect, and take its reply as an input',
    inTestsToo: false,
  }
}

function importUse(node: Node): Use | null {
  if (node.type === 'ImportExpression') {
    return { what: 'imports dynamically', instead: 'import statically', inTestsToo: false }
  }
  if (node.type === 'MetaProperty' && node.meta.name === 'import') {
    return {
      what: 'uses import.meta',
      instead: 'take it as an argument',
      inTestsToo: false,
    }
  }
  if (
    node.type !== 'ImportDeclaration' &&
    node.type !== 'ExportNamedDeclaration' &&
    node.type !== 'ExportAllDeclaration'
  ) {
    return null
  }
  const specifier = node.source?.value
  if (specifier === undefined || specifier.startsWith('.') || specifier.startsWith('@pollux/')) return null
  return {
    what: `imports ${specifier}`,
    instead: 'return an effect that the driver carries out; a pure package stands on pure packages only',
    inTestsToo: false,
  }
}

function stateUse(node: Node, { parent }: Place): Use | null {
  const instead = 'keep it in an object with one owner: two pipelines run in one process'
  if (node.type === 'VariableDeclaration' && isTopLevel(parent)) {
    if (node.kind === 'let' || node.kind === 'var') {
      return { what: `has a module-level ${node.kind}`, instead, inTestsToo: false }
    }
    const empty = node.declarations.some(
      ({ id, init }) => init !== null && isEmptyContainer(init) && !isReadonly(id),
    )
    return empty ? { what: 'has a module-level empty container', instead, inTestsToo: false } : null
  }
  if (node.type === 'PropertyDefinition' && node.static && !node.readonly) {
    return { what: 'has a static field that is not readonly', instead, inTestsToo: false }
  }
  return null
}

function isTopLevel(parent: Node | null): boolean {
  return parent?.type === 'Program' || parent?.type === 'ExportNamedDeclaration'
}

/** `const NONE: readonly Column[] = []` stays empty. */
function isReadonly(id: Node): boolean {
  if (id.type !== 'Identifier') return false
  const type = id.typeAnnotation?.typeAnnotation
  if (type?.type === 'TSTypeOperator') return type.operator === 'readonly'
  return (
    type?.type === 'TSTypeReference' &&
    type.typeName.type === 'Identifier' &&
    type.typeName.name.startsWith('Readonly')
  )
}

/** Empty at the top of a module, it can only be there to be filled later. */
function isEmptyContainer(init: Node): boolean {
  if (init.type === 'ArrayExpression') return init.elements.length === 0
  if (init.type !== 'NewExpression' || init.callee.type !== 'Identifier' || init.arguments.length > 0)
    return false
  return ['Map', 'Set', 'WeakMap', 'WeakSet', 'Array'].includes(init.callee.name)
}
