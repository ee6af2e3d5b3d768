import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Source } from './source.ts'

/**
 * The repository's files as the rules see them: read from disk, or an object literal with a planted
 * violation.
 */
export class Tree {
  readonly #texts: ReadonlyMap<string, string>
  readonly #sources = new Map<string, Source>()

  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = new Map(Object.entries(texts))
  }

  /**
   * Walks the folder rather than asking git: an unpacked archive and a file not yet added are judged alike.
   */
  static onDisk(root: string): Tree {
    const ignored = ignoredBy(readFileSync(join(root, '.gitignore'), 'utf8'))
    const texts: Record<string, string> = {}
    const pending = ['']
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.name === '.git' || ignored(entry.name)) continue
        if (entry.isDirectory()) pending.push(path)
        else if (entry.isFile()) texts[path] = readFileSync(join(root, path), 'utf8')
      }
    }
    return new Tree(texts)
  }

  get paths(): readonly string[] {
    return [...this.#texts.keys()].sort()
  }

  /** Everything this repository writes in TypeScript or JavaScript. */
  get sources(): readonly Source[] {
    return this.paths.filter((path) => /\.[cm]?[jt]s$/.test(path)).map((path) => this.source(path))
  }

  has(path: string): boolean {
    return this.#texts.has(path)
  }

  hasFolder(path: string): boolean {
    const prefix = `${path.replace(/\/$/, '')}/`
    return this.paths.some((p) => p.startsWith(prefix))
  }

  text(path: string): string {
    const text = this.#texts.get(path)
    if (text === undefined) throw new Error(`${path} is not in the tree`)
    return text
  }

  source(path: string): Source {
    const known = this.#sources.get(path)
    if (known !== undefined) return known
    const source = new Source(path, this.text(path))
    this.#sources.set(path, source)
    return source
  }
}

/** The three forms of pattern that this repository's .gitignore uses: a folder, a suffix, a name. */
function ignoredBy(gitignore: string): (name: string) => boolean {
  const patterns = gitignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return (name) =>
    patterns.some((p) => (p.startsWith('*') ? name.endsWith(p.slice(1)) : name === p.replace(/\/$/, '')))
}
