import { resolve } from 'node:path'
import { commandLine } from '../command-line.ts'
import { packPackages } from './pack-packages.ts'

const HELP = `Makes a tarball of every package that is not private: JavaScript and declarations, no tests.

  npm run pack [-- --to FOLDER]    into the folder "packed" if not given`

const { values } = commandLine(HELP, { to: { type: 'string', default: 'packed' } })
for (const tarball of packPackages(resolve(values.to))) console.log(tarball)
