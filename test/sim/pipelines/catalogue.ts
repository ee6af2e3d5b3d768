import { PipelineUnderTest } from '@pollux/sim'
import { orders } from './ends.ts'
import { copies, ranks, sales, sorted, together, trends } from './made.ts'

/** Pipelines written with the SDK that are run like toys; each a line here. */
export const PIPELINES: readonly (() => PipelineUnderTest<undefined>)[] = [
  () => new PipelineUnderTest(sales, undefined, { input: { orders: orders(60, 1) } }),
  () =>
    new PipelineUnderTest(sales, undefined, { input: { orders: orders(90, 2) }, partitions: 2, groups: 16 }),
  () => new PipelineUnderTest(trends, undefined, { input: { orders: orders(60, 3) }, groups: 8 }),
  () => new PipelineUnderTest(together, undefined, { input: { shops: orders(40, 4), web: orders(30, 5) } }),
  () => new PipelineUnderTest(sorted, undefined, { input: { orders: orders(80, 6) }, partitions: 2 }),
  () => new PipelineUnderTest(ranks, undefined, { input: { orders: orders(60, 7) }, tickMs: 15 }),
  () => new PipelineUnderTest(copies, undefined, { input: { orders: orders(50, 8) } }),
]
