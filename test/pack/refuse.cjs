'use strict'
// Called before npm packs a folder of the repository as it is: .ts files, which Node does not run from
// node_modules, and tests. Plain JavaScript, because whatever Node runs npm runs this.
process.stderr
  .write(`A folder of this repository is no package yet: its files are TypeScript, and tests are among them.
Use \`npm run pack\` at the root, which makes packages of JavaScript and declarations.
`)
process.exit(1)
