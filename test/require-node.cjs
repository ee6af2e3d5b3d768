'use strict'
// Plain JavaScript that any Node runs: `.ts` files are run directly, and an older Node would answer with a
// riddle (an unknown file extension, or a syntax error in the middle of a type).
const OLDEST_MAJOR = 24

const major = Number(process.versions.node.split('.')[0])
if (major < OLDEST_MAJOR) {
  process.stderr.write(`Pollux needs Node ${OLDEST_MAJOR} or newer, and this is Node ${process.version}.

npm scripts bring their own: the dev dependency \`node\` downloads it when it is installed. So either
  - it was not started by npm: use \`npm test\` or \`npm run ...\`;
  - nothing is installed yet: run \`npm ci\`;
  - its install script was blocked: run \`npm rebuild node --ignore-scripts=false --foreground-scripts\`.
`)
  process.exit(1)
}
