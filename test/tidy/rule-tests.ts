import type { Rule } from './rule.ts'

const DECLARES_A_RULE = /^export (const \w+: Rule = |function \w+\(.*\): Rule )/m

export const ruleTests: Rule = {
  claim: 'every house rule has a test that plants a violation',
  check(tree) {
    return tree.paths
      .filter((path) => path.startsWith('test/tidy/') && path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .filter((path) => DECLARES_A_RULE.test(tree.text(path)) && !tree.has(path.replace(/\.ts$/, '.test.ts')))
      .map((path) => ({
        path,
        line: 1,
        what: 'has no test beside it',
        why: 'a check is trusted once it has been seen to fail',
        instead: `write ${path.replace(/\.ts$/, '.test.ts')} with a planted violation`,
      }))
  },
}
