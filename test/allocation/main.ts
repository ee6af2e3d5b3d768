import { getHeapStatistics } from 'node:v8'
import { allocationCases, EPOCHS } from './steps.ts'

/** Enough for every loop to have been compiled for good. */
const WARM_UP_RUNS = 60
const RUNS = 8
const FEW_ROWS = 2048
const MANY_ROWS = 4 * FEW_ROWS

/**
 * Bytes that are allocated for each row more, case by case, as JSON. What frames, epochs, keys and results
 * take is the same however many rows there are, so it is not among them.
 */
const found = allocationCases().map(({ name, run }): readonly [string, number] => {
  for (let count = 0; count < WARM_UP_RUNS; count++) {
    run(FEW_ROWS)
    run(MANY_ROWS)
  }
  const [few, many] = [allocatedBy(() => run(FEW_ROWS)), allocatedBy(() => run(MANY_ROWS))]
  return [name, (many - few) / (EPOCHS * (MANY_ROWS - FEW_ROWS))]
})
console.log(JSON.stringify(Object.fromEntries(found)))

function allocatedBy(call: () => void): number {
  const before = getHeapStatistics().total_allocated_bytes
  for (let count = 0; count < RUNS; count++) call()
  return (getHeapStatistics().total_allocated_bytes - before) / RUNS
}
