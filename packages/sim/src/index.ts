// What tests of pipelines use. The simulator beneath it has a list of its own, `simulator.ts`.
export { drive, type Driver, type PlainRow } from './kit/drive.ts'
export { simulate, type RunSetup, type SimulateOptions } from './kit/simulate.ts'
export type { TestSetup } from './kit/pipeline-under-test.ts'
export type { AuthorInput } from './kit/author-input.ts'
export type { SimulationReport } from './kit/simulation-report.ts'
export { expectSameAsBatch } from './kit/same-as-batch.ts'
export type { FaultKind } from './faults/fault.ts'
export type { Verdict, Violation } from './judge/checker.ts'
