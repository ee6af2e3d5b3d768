import { here } from './call-site.ts'
import { PipelineError } from './pipeline-error.ts'

const LATER = /Async|Generator/

/**
 * What types would have refused, for those who write without them: found where the pipeline is written, and
 * not, or never, when it runs.
 */
export function checkCallbacks(step: string, callbacks: Readonly<Record<string, unknown>>): void {
  for (const [name, callback] of Object.entries(callbacks)) {
    if (typeof callback !== 'function') refuse(`${step}, ${name}: not a function`)
    // What it makes would come when its row is long done with, or never.
    if (LATER.test(Object.prototype.toString.call(callback)))
      refuse(`${step}, ${name}: not a function that is done when it returns`)
  }
}

function refuse(what: string): never {
  throw new PipelineError('PLX1032', what, here())
}
