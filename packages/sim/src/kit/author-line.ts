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

/** Whether a frame of a stack is of an author's code, and of no package that it uses. */
export function isAuthorsLine(line: string): boolean {
  return line !== '' && !OURS.test(line) && !line.includes('/node_modules/')
}

/** `file:line` of the first frame of an author's code; null where a stack does not tell. */
export function authorLine(stack: string | undefined): string | null {
  for (const line of (stack ?? '').split('\n').slice(1)) {
    if (OURS.test(line)) continue
    const found = /(?:\(|at )(?:file:\/\/)?([^()\s]+?):(\d+):\d+\)?$/.exec(line.trim())
    if (found !== null) return `${found[1]}:${found[2]}`
  }
  return null
}
