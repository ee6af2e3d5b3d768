/** Frames of this repository's packages, and of what they run on, are no place in an author's code. */
const OURS = new RegExp(
  [
    String.raw`/packages/(?:std|protocol|pair|sdk|sim)/src/(?!.*\.test\.ts)`,
    'node_modules/@pollux/',
    String.raw`^node:|\(node:`,
    String.raw`(?:\(|at )pollux(?:-emit)?/`,
    '<anonymous>',
  ].join('|'),
)

/** `file:line` of the first frame of an author's code; null where a stack does not tell. */
export function authorLine(stack: string | undefined): string | null {
  for (const line of (stack ?? '').split('\n').slice(1)) {
    if (OURS.test(line)) continue
    const found = /(?:\(|at )(?:file:\/\/)?([^()\s]+?):(\d+):\d+\)?$/.exec(line.trim())
    if (found !== null) return `${found[1]}:${found[2]}`
  }
  return null
}
