import type { Rule, Violation } from './rule.ts'

const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/
const DOCUMENT = /^([A-Z]+\.md|LICENSE|NOTICE)$/
const EMPTY_WORDS = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'type', 'types', 'misc']
/** Empty also at the end of a longer name; `frame-types.ts` or `common-prefix.ts` may still say something. */
const EMPTY_ENDINGS = ['util', 'utils', 'helper', 'helpers', 'manager', 'misc']

export const names: Rule = {
  claim: 'files and folders are in kebab-case and named for what they hold',
  check(tree) {
    return tree.paths.flatMap((path) => path.split('/').flatMap((part) => faultsOf(path, part)))
  },
}

function faultsOf(path: string, part: string): Violation[] {
  if (!KEBAB.test(part) && !DOCUMENT.test(part)) {
    return [
      {
        path,
        line: 1,
        what: `has '${part}' in its name, which is not kebab-case`,
        why: 'one way to write a name means nobody has to look it up, on any file system',
        instead: 'output-buffer.ts for OutputBuffer; only documents (README.md, PAIR.md) are in capitals',
      },
    ]
  }
  const word = part.replace(/^\./, '').split('.')[0] ?? part
  const ending = word.split('-').at(-1) ?? word
  if (!EMPTY_WORDS.includes(word) && !(word !== ending && EMPTY_ENDINGS.includes(ending))) return []
  return [
    {
      path,
      line: 1,
      what: `has '${part}' in its name, which says nothing`,
      why: 'such a file collects whatever has no home, and everything comes to import it',
      instead: 'name it for its one export',
    },
  ]
}
