import { generatedFunction } from './generated-function.ts'

/** Text of a function in the making: indented lines, and the values it gets as arguments. */
export class TextWriter {
  readonly #lines: string[] = []
  readonly #bound: Map<string, unknown>
  #depth: number
  /** By block, from the outermost: what has been read there already. */
  readonly #known: Set<string>[] = [new Set()]

  /** Of a part of another text: what is bound here is bound there. */
  constructor(whole: TextWriter | null = null) {
    this.#bound = whole === null ? new Map<string, unknown>() : whole.#bound
    this.#depth = whole === null ? 0 : 1
  }

  /** What the text returns, given what is bound in it; null where no code is generated. */
  made(name: string): unknown {
    const made = generatedFunction(name, [...this.#bound.keys()], this.#lines.join('\n'))
    return made === null ? null : made(...this.#bound.values())
  }

  line(text: string): void {
    this.#lines.push('  '.repeat(this.#depth) + text)
  }

  open(text: string): void {
    this.line(`${text} {`)
    this.#depth++
    this.#known.push(new Set())
  }

  /** Lines that were written apart. */
  part(part: TextWriter): void {
    this.#lines.push(...part.#lines)
  }

  /** `next`: what follows the brace, such as `else`. */
  close(next = ''): void {
    this.#known.pop()
    this.#depth--
    if (next === '') return this.line('}')
    this.open(`} ${next}`)
  }

  /** A value from outside, by a name that is good in the whole text. */
  bind(name: string, value: unknown): string {
    this.#bound.set(name, value)
    return name
  }

  /** Reads once in a block, and in the blocks within it, what is asked for several times. */
  once(name: string, expression: string): string {
    for (const known of this.#known) if (known.has(name)) return name
    this.#known.at(-1)!.add(name)
    this.line(`const ${name} = ${expression}`)
    return name
  }
}
