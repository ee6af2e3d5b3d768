import { LONG_FILES } from './long-files.ts'
import type { Rule, Violation } from './rule.ts'
import type { Source } from './source.ts'
import type { Tree } from './tree.ts'

const LINES_MAX = 300
const LISTED_LINES_MAX = 500
const COLUMNS_MAX = 110

export const size = sizeRule(LONG_FILES)

export function sizeRule(listed: Readonly<Record<string, string>>): Rule {
  return {
    claim: 'no file is too long to be read in one sitting, and no line too long for half a screen',
    check: (tree) => [
      ...tree.sources.flatMap((source) => [...lengthFaults(source, listed), ...widthFaults(source)]),
      ...staleEntries(tree, listed),
    ],
  }
}

function lengthFaults(source: Source, listed: Readonly<Record<string, string>>): Violation[] {
  const lines = lineCount(source)
  const isListed = Object.hasOwn(listed, source.path)
  if (lines <= LINES_MAX || (isListed && lines <= LISTED_LINES_MAX)) return []
  return [
    {
      path: source.path,
      line: LINES_MAX + 1,
      what: `has ${lines} lines, over ${isListed ? LISTED_LINES_MAX : LINES_MAX}`,
      why: 'such a file has more than one subject, and eats the system',
      instead: isListed
        ? 'split it: over 500 there is no reason'
        : 'split it by subject, or put it with its reason into test/tidy/long-files.ts',
    },
  ]
}

function widthFaults({ path, lines }: Source): Violation[] {
  return lines.flatMap((text, at): Violation[] => {
    const columns = Array.from(text).length
    // An address cannot be wrapped.
    if (columns <= COLUMNS_MAX || text.includes('https://')) return []
    return [
      {
        path,
        line: at + 1,
        what: `has ${columns} columns, over ${COLUMNS_MAX}`,
        why: 'two files are read side by side',
        instead: 'wrap it (npm run format wraps code, but neither comments nor strings)',
      },
    ]
  })
}

function staleEntries(tree: Tree, listed: Readonly<Record<string, string>>): Violation[] {
  return Object.keys(listed)
    .filter((path) => !tree.has(path) || lineCount(tree.source(path)) <= LINES_MAX)
    .map((path) => ({
      path: 'test/tidy/long-files.ts',
      line: 1,
      what: `lists ${path}, which is not over ${LINES_MAX} lines`,
      why: 'a list of exceptions that outlive their reason excuses the next one',
      instead: 'take it off the list',
    }))
}

function lineCount({ lines }: Source): number {
  return lines.at(-1) === '' ? lines.length - 1 : lines.length
}
