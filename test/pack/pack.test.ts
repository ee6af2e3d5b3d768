import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { npm, packPackages, printedBy, publicPackages, tsc } from './pack-packages.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'pollux-packed-'))
const guide = readFileSync(join(ROOT, 'packages', 'sdk', 'README.md'), 'utf8')
const first = /```ts\n(.*?)```/s.exec(guide)![1]!

/** Beside the guide's first pipeline, in the same file: what it makes of these orders, and of faults. */
const SIMULATED = `
import { expectSameAsBatch, simulate } from '@pollux/sim'
const report = simulate(sales, {
  config: ends,
  input: { orders: [{ at: 100, shop: 'tea', amount: 250 }, { at: 900, shop: 'tea', amount: 150 }] },
  schedules: 20,
})
expectSameAsBatch(report)
console.log(report.verdict, report.schedules, report.faults > 20, report.output('screen'))
`
const WRONG = `import { countWindow } from '@pollux/sdk'
try {
  countWindow(0)
} catch (error) {
  console.log(error.message)
}
`

/** What a careful author's compiler is told, and nothing that only our own is told. */
const STRICT = {
  target: 'es2024',
  lib: ['es2024'],
  module: 'nodenext',
  strict: true,
  skipLibCheck: false,
  // Types of what he exports can be written down: they have names that he may import.
  declaration: true,
  outDir: 'built',
}

beforeAll(() => {
  const tarballs = packPackages(join(folder, 'tarballs'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  npm(['install', ...tarballs], folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the packed packages, installed from nothing but their tarballs', () => {
  it('are all there, each once', () => {
    const names = publicPackages().map(({ manifest }) => manifest.name.slice('@pollux/'.length))
    expect(names).toContain('sdk')
    expect(names).not.toContain('pipeline-gmv')
    expect(readdirSync(join(folder, 'node_modules', '@pollux'))).toEqual(names.toSorted())
    expect(globSync('node_modules/@pollux/*/node_modules', { cwd: folder })).toEqual([])
  })

  it('hold JavaScript, declarations, a license and a README, and no test', () => {
    const files = globSync('node_modules/@pollux/*/**/*.*', { cwd: folder })
    const strange = files.filter(
      (file) => !/\/dist\/.*\.(?:js|d\.ts)$|\/(?:package\.json|[A-Z]+\.md)$/.test(file),
    )
    expect(strange).toEqual([])
    expect(files.filter((file) => /\.test\.|test-kit|[^d]\.ts$/.test(file))).toEqual([])
    expect(globSync('node_modules/@pollux/*/LICENSE', { cwd: folder })).toHaveLength(publicPackages().length)
  })

  it('have lists that compile without any other types, and load', () => {
    const lists = publicPackages().flatMap(({ manifest: { name, exports } }) =>
      Object.keys(exports).map((subpath) => name + subpath.slice(1)),
    )
    writeFileSync(join(folder, 'lists.ts'), lists.map((list) => `import '${list}'\n`).join(''))
    tsc(folder, { compilerOptions: { ...STRICT, types: [] }, files: ['lists.ts'] })
    expect(printedBy(process.execPath, ['built/lists.js'], folder)).toBe('')
  })

  it("run the guide's first pipeline, and simulate it under faults", () => {
    const exported = first.replaceAll(/^(const|interface) /gm, 'export $1 ')
    writeFileSync(join(folder, 'sales.ts'), exported + SIMULATED)
    const typeRoots = [join(ROOT, 'node_modules', '@types')]
    const more = { exactOptionalPropertyTypes: true, typeRoots, types: ['node'] }
    tsc(folder, { compilerOptions: { ...STRICT, ...more }, files: ['sales.ts'] })
    const window = { shop: 'tea', windowStart: 0, windowEnd: 1000, total: 400, orders: 2 }
    expect(printedBy(process.execPath, ['sales.ts'], folder).replaceAll(/\s+/g, '')).toBe(
      `${printedIn(first)}ok20true[${told(window)}]`.replaceAll(/\s+/g, ''),
    )
  })

  it("name the place in the author's code where something is wrong", () => {
    writeFileSync(join(folder, 'wrong.mjs'), WRONG)
    expect(printedBy(process.execPath, ['wrong.mjs'], folder)).toMatch(/^PLX1012 .*wrong\.mjs:3\): /)
  })
})

describe('a package as it lies in the repository', () => {
  it('is not packed', () => {
    const plain = ['pack', '--dry-run', join(ROOT, 'packages', 'std')]
    const packed = () => printedBy('npm', plain, folder)
    expect(packed).toThrow('Use `npm run pack` at the root')
  })
})

function printedIn(code: string): string {
  return code
    .slice(code.lastIndexOf('console.log('))
    .replace(/^.*\n/, '')
    .replaceAll(/^\/\/ /gm, '')
}

function told(row: object): string {
  const cells = Object.entries(row).map(
    ([name, cell]) => `${name}: ${typeof cell === 'string' ? `'${cell}'` : String(cell)}`,
  )
  return `{ ${cells.join(', ')} }`
}
