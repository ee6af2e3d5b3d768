import { gmv, type GmvEnds } from '@pollux/pipeline-gmv'
import { wordCount, type WordCountEnds } from '@pollux/pipeline-word-count'
import { PipelineUnderTest } from '@pollux/sim/simulator'
import { orders } from './ends.ts'
import { paid, SCREEN } from './festival.ts'
import { excused, patchy } from './forgiving.ts'
import { copies, ranks, sales, sorted, together, trends } from './made.ts'
import { counted, revised, totals, visits, watched } from './remembering.ts'
import { lines, WORDS } from './words.ts'
import { filed, generated, once, orderLines, repeated, sellers } from './stock.ts'

type Tested = PipelineUnderTest<undefined> | PipelineUnderTest<GmvEnds> | PipelineUnderTest<WordCountEnds>

/** Pipelines written with the SDK that are run like toys; each a line here. */
export const PIPELINES: readonly (() => Tested)[] = [
  () => new PipelineUnderTest(sales, undefined, { input: { orders: orders(60, 1) } }),
  () =>
    new PipelineUnderTest(sales, undefined, { input: { orders: orders(90, 2) }, partitions: 2, groups: 16 }),
  () => new PipelineUnderTest(trends, undefined, { input: { orders: orders(60, 3) }, groups: 8 }),
  () => new PipelineUnderTest(together, undefined, { input: { shops: orders(40, 4), web: orders(30, 5) } }),
  () => new PipelineUnderTest(sorted, undefined, { input: { orders: orders(80, 6) }, partitions: 2 }),
  () => new PipelineUnderTest(ranks, undefined, { input: { orders: orders(60, 7) }, tickMs: 15 }),
  () => new PipelineUnderTest(copies, undefined, { input: { orders: orders(50, 8) } }),
  () => new PipelineUnderTest(revised, undefined, { input: { orders: orders(80, 9) }, partitions: 2 }),
  () => new PipelineUnderTest(visits, undefined, { input: { orders: orders(80, 10) } }),
  () => new PipelineUnderTest(totals, undefined, { input: { orders: orders(80, 11) }, groups: 16 }),
  () => new PipelineUnderTest(counted, undefined, { input: { orders: orders(80, 12) }, partitions: 2 }),
  () => new PipelineUnderTest(gmv, SCREEN, { input: { orders: paid(60, 14) }, partitions: 2, groups: 16 }),
  () => new PipelineUnderTest(once, undefined, { input: { orders: repeated(80, 15) }, partitions: 2 }),
  () =>
    new PipelineUnderTest(sellers, undefined, { input: { orders: generated() }, partitions: 2, groups: 16 }),
  () => new PipelineUnderTest(filed, undefined, { input: { orders: orderLines(70, 16) }, partitions: 2 }),
  () => new PipelineUnderTest(watched, undefined, { input: { orders: orders(80, 13) } }),
  () => new PipelineUnderTest(wordCount, WORDS, { input: { lines: lines(50, 17) }, partitions: 2 }),
  () => new PipelineUnderTest(excused, undefined, { input: { orders: orders(80, 17) }, groups: 16 }),
  () => new PipelineUnderTest(patchy, undefined, { input: { orders: orders(80, 18) }, partitions: 2 }),
]
