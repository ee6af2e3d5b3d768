import { describe, expect, test } from 'vitest'
import { references } from './references.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

const PAIR = 'packages/pair/PAIR.md'
const VIEW = '/**\n * Invariants:\n *  V1. One.\n *  V2. Two, and V1 too.\n */\nf()'
const PAIR_TEXT = '| P7 | always |\n| P12 | bounded, and P7 |\nV1 to V2 in `view.ts`, where `Z9` is code.'

function cited(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const tree = new Tree({ [PAIR]: PAIR_TEXT, 'src/view.ts': VIEW, 'src/a.test.ts': text, ...others })
  return describePlanted(references, tree).map((each) => each.replace('src/a.test.ts:', ''))
}

const missing = (what: string, line = 1) =>
  `${line} cites ${what}, which is not defined there, nor by PAIR.md`

describe('references', () => {
  test.each([
    '// The order is a function of the data (P7).',
    '/** P12: what is kept is bounded, see V2. */',
    '/**\n *  B1. Contiguous.\n */\n// as B1 says',
    "it('evicts only what is acked (P7, V1)', f)",
    'describe.each([1])(`%s (V2)`, f)',
    "const claim = { name: 'keeps its order (P12)' }",
  ])('to what PAIR.md or the file itself defines: %s', (text) => {
    expect(cited(text)).toEqual([])
  })

  test.each([
    ['// What F4 calls an order.', 'F4'],
    ['/**\n * Found by its rule (F12).\n */', 'F12'],
    ['/** F9: nothing older is seen. */', 'F9'],
    ['// V3 is one too many', 'V3'],
    ["it('keeps what is written (S1)', f)", 'S1'],
    ["it.each([1])('keeps %s (S1, P7)', f)", 'S1'],
    ['test.concurrent(`keeps (S1)`, f)', 'S1'],
    ["const claim = { name: 'keeps its order (S2)' }", 'S2'],
  ])('to nothing: %s', (text, what) => {
    expect(cited(text)).toEqual([missing(what)])
  })

  test.each([
    '// 0xF1, u8, int32, x86, A4-size, K8s, UTF-16, src/B2 and F1.ts are none',
    '// `T0` is a name of the code, and so is `Map<K1, V1>`',
    '// Node, V8 and the architecture',
    '// PLX1001, and 4A, and ID12X',
    "it('reads column C9 of a sheet', f)",
    "const T0 = 'x (S1)'; const s: V9 = `(S9)`",
    "f('keeps what is written (S1)')",
  ])('and what only looks like one: %s', (text) => {
    expect(cited(text)).toEqual([])
  })

  test('PAIR.md may cite itself, and names lists only where they are', () => {
    const text = 'a\n| P1 | P2 |\nV1 to V3 in `view.ts`; S1 in `gone.ts`'
    expect(cited('', { [PAIR]: text })).toEqual([
      `${PAIR}:3 says "V1 to V3 in \`view.ts\`", which does not define V3`,
      `${PAIR}:3 says "S1 in \`gone.ts\`", which does not define S1`,
      `${PAIR}:${missing('P2', 2)}`,
    ])
  })

  test('one letter is one list', () => {
    const twice = { 'src/b.ts': '/**\n *  R1. One.\n */', 'src/c.ts': '/**\n *  R1. Other.\n */' }
    expect(cited('', twice)).toEqual(['src/c.ts:1 defines R1, as does src/b.ts'])
    expect(cited('', { 'src/b.ts': '/**\n *  P7. One.\n */' })).toEqual([
      `src/b.ts:1 defines P7, as does ${PAIR}`,
    ])
  })
})
