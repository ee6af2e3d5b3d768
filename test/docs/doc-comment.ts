/** What a doc comment says, in its parts. */
export interface DocComment {
  /** Empty if there is none. */
  readonly summary: string
  readonly isInternal: boolean
  /** The code of each `@example`. */
  readonly examples: readonly string[]
}

export function readDocComment(comment: string): DocComment {
  const lines = comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
  const [summary = [], ...sections] = sectionsOf(lines)
  return {
    summary: summary.join('\n').trim(),
    isInternal: sections.some(([tag]) => tag?.startsWith('@internal') === true),
    examples: sections
      .filter(([tag]) => tag?.startsWith('@example') === true)
      .map((section) => section.slice(1).join('\n').trim()),
  }
}

/** What stands before the first tag, and each tag with what follows it. */
function sectionsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const sections: string[][] = [[]]
  for (const line of lines) {
    if (/^\s*@\w/.test(line)) sections.push([line.trim()])
    else sections.at(-1)!.push(line)
  }
  return sections
}
