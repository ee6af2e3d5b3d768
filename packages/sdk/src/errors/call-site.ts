/** Our own frames, and those of what we run on, are no place in the author's code. */
const OURS = [
  /\/(?:packages\/(?:std|protocol|sdk|sim)|operators\/(?:compute|ingress|egress))\/src\/(?!.*\.test\.ts)/,
  /node_modules\/@pollux\//,
  /(?:\(|at )(?:node:|pollux-emit\/)/,
  /<anonymous>/,
]
/** From here an author's callback is called; what is below is whoever runs the pipeline. */
const LOOP = [
  /\/(?:program\/interpreted-loop|batch\/map-batch|aggregate\/accumulators)\.[jt]s:/,
  /\/process\/(?:process-loop|keyed-process)\.[jt]s:/,
  /(?:\(|at )pollux\//,
]
const DEPENDENCY = /\/node_modules\//

/** `file:line` of the first caller outside the SDK and its stock steps, as far as a stack tells. */
export function callSite(stack: string | undefined): string {
  for (const line of framesOf(stack)) {
    if (isOurs(line)) continue
    const place = placeOf(line)
    if (place !== '') return place
  }
  return ''
}

/**
 * `file:line` of the author's code that is calling us: what a step of one's own names where it is misused.
 * @example
 * /:\d+$/.test(here()) // -> true
 */
export function here(): string {
  return callSite(new Error('here').stack)
}

/**
 * `file:line` of the author's code where a callback has thrown, or has called what threw. Empty where the
 * callback had returned before, or the stack does not tell.
 */
export function thrownAt(error: unknown): string {
  if (!(error instanceof Error)) return ''
  let inDependency = ''
  for (const line of framesOf(error.stack)) {
    if (LOOP.some((pattern) => pattern.test(line))) break
    const place = isOurs(line) ? '' : placeOf(line)
    if (place === '') continue
    if (!DEPENDENCY.test(line)) return place
    if (inDependency === '') inDependency = place
  }
  return inDependency
}

/** A place without its folder: twins say the same wherever they are installed. */
export function withoutFolder(place: string): string {
  return place.slice(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1)
}

function framesOf(stack: unknown): readonly string[] {
  if (typeof stack !== 'string') return []
  return stack.split('\n').filter((line) => /^\s+at /.test(line))
}

function isOurs(line: string): boolean {
  return OURS.some((pattern) => pattern.test(line))
}

function placeOf(line: string): string {
  const found = /(?:\(|at )(?:file:\/\/)?([^()\s]+?):(\d+):\d+\)?$/.exec(line.trim())
  return found === null ? '' : `${found[1]}:${found[2]}`
}
