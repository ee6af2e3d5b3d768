import { measure } from './measure.ts'
import { stepsCases } from './stateless-steps.ts'

/** Run by the suite `sdk` where no code is made of text: ns of a batch, case by case. */
console.log(JSON.stringify(stepsCases().map(({ run }) => measure(run))))
