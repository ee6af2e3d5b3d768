import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { printedBy, tsc } from '../pack/pack-packages.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

/** A folder outside the repository, in which code finds packages by their names: an author's project. */
export class AuthorFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'pollux-docs-'))

  constructor() {
    symlinkSync(join(ROOT, 'node_modules'), join(this.path, 'node_modules'))
    this.write('package.json', '{ "type": "module" }')
    this.write('example-world.ts', `export type * from ${inner('example-world.ts')}\n`)
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text)
  }

  /** What the bodies of these files come to, by file: run in one process. */
  run(files: readonly string[]): ReadonlyMap<string, Ran> {
    const bodies = files.map((file, index) => `import { body as body${index} } from './${file}'`)
    const byFile = files.map((file, index) => `'${file}': body${index}`).join(', ')
    const main = [`import { runExamples } from ${inner('run-examples.ts')}`, ...bodies]
    this.write('main.ts', [...main, `console.log(runExamples({ ${byFile} }))`].join('\n'))
    const printed = printedBy(process.execPath, ['main.ts'], this.path)
    return new Map(Object.entries(JSON.parse(printed) as Record<string, Ran>))
  }

  /** Throws with what the compiler says. */
  compile(): void {
    const typeRoots = [join(ROOT, 'node_modules', '@types')]
    const compilerOptions = { typeRoots, noUnusedLocals: false }
    tsc(this.path, { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['*.ts'] })
  }

  remove(): void {
    rmSync(this.path, { recursive: true })
  }
}

/** What one example came to: what its statements are, in order, or what has been thrown. */
export type Ran = { readonly shown: readonly string[] } | { readonly error: string }

/** A file beside this one, as text of a program. */
function inner(file: string): string {
  return JSON.stringify(join(import.meta.dirname, file))
}
