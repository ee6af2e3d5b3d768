import type { PublicName } from './public-list.ts'

/**
 * What a public name lacks: a line that says what it is, and, where it can be called, an example. A class has
 * an example, or each of its methods has.
 */
export function undocumented(names: readonly PublicName[]): readonly string[] {
  return names.flatMap(({ list, name, kind, place, doc, members }) => {
    if (doc.isInternal) return []
    const open = members.filter((member) => !member.doc.isInternal)
    const each = kind === 'class' && doc.examples.length === 0
    // Constants begin with a capital.
    const isCalled = kind === 'function' || kind === 'class' || (kind === 'const' && /^[a-z]/.test(name))
    const ownExample = !isCalled || doc.examples.length > 0 || (each && open.length > 0)
    const faults = [
      ...(doc.summary === '' ? [`${name} has no line that says what it is`] : []),
      ...(ownExample ? [] : [`${name} has no example`]),
      ...open.flatMap((member) => [
        ...(member.doc.summary === '' ? [`${name}.${member.name} has no line that says what it is`] : []),
        ...(each && member.doc.examples.length === 0 ? [`${name}.${member.name} has no example`] : []),
      ]),
    ]
    return faults.map((fault) => `${place} (${list}): ${fault}`)
  })
}
