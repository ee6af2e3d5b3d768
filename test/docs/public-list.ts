import { posix } from 'node:path'
import type { Class, Node, Statement } from 'oxc-parser'
import { PACKAGES } from '../tidy/layout.ts'
import { readManifest } from '../tidy/manifest.ts'
import type { Source } from '../tidy/source.ts'
import type { Tree } from '../tidy/tree.ts'
import { type DocComment, readDocComment } from './doc-comment.ts'

/** What an author can import. */
export interface PublicName {
  /** `@pollux/egress/files`: what it is imported from. */
  readonly list: string
  readonly name: string
  readonly kind: 'function' | 'class' | 'const' | 'type'
  /** A class whose instances an author is given, and does not make. */
  readonly isOnlyType: boolean
  readonly place: string
  readonly doc: DocComment
  /** Methods of a class, and what an object holds. */
  readonly members: readonly Member[]
}

export interface Member {
  readonly name: string
  readonly doc: DocComment
}

/** Lists that are for this repository alone. */
const INNER_LISTS = ['@pollux/sim/simulator', '@pollux/sdk/test-kit']
const FOLDERS = /^(?:packages\/(?:sdk|sim)|operators\/[^/]+)$/

/** All that is in the lists of the packages that authors import, as the sources say it. */
export function publicNames(tree: Tree): readonly PublicName[] {
  return PACKAGES.filter(({ folder }) => FOLDERS.test(folder)).flatMap(({ folder, name }) =>
    Object.entries(readManifest(tree, folder)?.exports ?? {}).flatMap(([subpath, target]) => {
      const list = name + subpath.slice(1)
      if (INNER_LISTS.includes(list)) return []
      return namesIn(tree, list, posix.join(folder, target))
    }),
  )
}

function namesIn(tree: Tree, list: string, path: string): readonly PublicName[] {
  return tree.source(path).program.body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration' || node.source === null) return []
    const from = pathOf(tree, path, node.source.value)
    return node.specifiers.map(({ local, exported, exportKind }) => {
      const name = nameOf(exported)
      const declared = declarationOf(tree, from, nameOf(local))
      const isOnlyType = node.exportKind === 'type' || exportKind === 'type'
      const isHanded = isOnlyType && declared.members.length === 0
      return { list, name, isOnlyType, ...declared, kind: isHanded ? 'type' : declared.kind }
    })
  })
}

type Declared = Pick<PublicName, 'kind' | 'place' | 'doc' | 'members'>

/** Where a name is declared: in this file, or in one that its list leads to. */
function declarationOf(tree: Tree, path: string, name: string): Declared {
  const source = tree.source(path)
  for (const statement of source.program.body) {
    if (statement.type !== 'ExportNamedDeclaration') continue
    const { declaration, specifiers, source: from } = statement
    const passedOn = specifiers.find(({ exported }) => nameOf(exported) === name)
    if (passedOn !== undefined && from !== null)
      return declarationOf(tree, pathOf(tree, path, from.value), nameOf(passedOn.local))
    const declared = declaration === null ? null : declaredBy(declaration, name)
    if (declared === null) continue
    const place = `${path}:${source.lineOf(statement.start)}`
    // What is passed on from a package that authors do not import is there to be handed on as a whole.
    const isOwn = FOLDERS.test(path.split('/').slice(0, 2).join('/'))
    const members = isOwn
      ? declared.members.map(([member, node]) => ({ name: member, doc: docOf(source, node) }))
      : []
    return { kind: declared.kind, place, doc: docOf(source, statement), members }
  }
  throw new Error(`${path} declares no ${name}`)
}

interface Declaration {
  readonly kind: PublicName['kind']
  readonly members: readonly (readonly [string, Node])[]
}

function declaredBy(declaration: Statement, name: string): Declaration | null {
  switch (declaration.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return declaration.id?.name === name ? { kind: 'function', members: [] } : null
    case 'ClassDeclaration':
      return declaration.id?.name === name ? { kind: 'class', members: methodsOf(declaration) } : null
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return declaration.id.name === name ? { kind: 'type', members: [] } : null
    case 'VariableDeclaration': {
      const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
      return found === undefined ? null : { kind: 'const', members: propertiesOf(found.init) }
    }
    default:
      return null
  }
}

function methodsOf({ body }: Class): readonly (readonly [string, Node])[] {
  return body.body.flatMap((node) => {
    if (node.type !== 'MethodDefinition' || node.kind === 'constructor') return []
    return node.key.type === 'Identifier' ? [[node.key.name, node] as const] : []
  })
}

function propertiesOf(value: Node | null): readonly (readonly [string, Node])[] {
  if (value?.type === 'TSAsExpression') return propertiesOf(value.expression)
  if (value?.type !== 'ObjectExpression') return []
  return value.properties.flatMap((node) => {
    const isFunction = node.type === 'Property' && (node.shorthand || /Function/.test(node.value.type))
    return isFunction && node.key.type === 'Identifier' ? [[node.key.name, node] as const] : []
  })
}

function docOf(source: Source, { start }: Node): DocComment {
  const before = source.comments.findLast(({ end }) => end <= start)
  const isAbove = before !== undefined && /^\s*$/.test(source.text.slice(before.end, start))
  return readDocComment(isAbove && before.value.startsWith('*') ? before.value : '')
}

function nameOf(node: { readonly type: string; readonly name?: string; readonly value?: string }): string {
  return node.name ?? node.value ?? ''
}

function pathOf(tree: Tree, path: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier)
  const name = specifier.split('/').slice(0, 2).join('/')
  const { folder } = PACKAGES.find((one) => one.name === name)!
  return posix.join(folder, readManifest(tree, folder)!.exports[`.${specifier.slice(name.length)}`]!)
}
