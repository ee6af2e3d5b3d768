/** Frames of the SDK itself, and of what it runs on, are no place in the author's code. */
const OURS = /\/packages\/sdk\/src\/(?!.*\.test\.ts)|node_modules\/@pollux\/|^node:|\(node:|<anonymous>/

/** `file:line` of the first caller outside the SDK, as far as a stack tells. */
export function callSite(stack: string | undefined): string {
  for (const line of (stack ?? '').split('\n').slice(1)) {
    if (OURS.test(line)) continue
    const found = /(?:\(|at )(?:file:\/\/)?([^()\s]+?):(\d+):\d+\)?$/.exec(line.trim())
    if (found !== null) return `${found[1]}:${found[2]}`
  }
  return ''
}

/** The line of the author's code that is calling us. */
export function here(): string {
  return callSite(new Error('here').stack)
}
