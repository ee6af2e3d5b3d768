import { resolve } from 'node:path'
import { ERROR_CODES, type ErrorCode } from '@pollux/sdk'
import { Tree } from '../tidy/tree.ts'
import { AuthorFolder } from './author-folder.ts'
import { exampleModule } from './example-module.ts'
import { publicNames } from './public-list.ts'
import { WRONG_USES } from './wrong-uses.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
export const CODES = Object.keys(ERROR_CODES) as readonly ErrorCode[]

/** By code: what wrong use of that kind gets, from a file `sales.ts` in which it stands alone. */
export function errorMessages(): ReadonlyMap<ErrorCode, string> {
  const folder = new AuthorFolder()
  const names = publicNames(Tree.onDisk(ROOT))
  try {
    const before = new Map<ErrorCode, number>()
    for (const code of CODES) {
      const { text } = exampleModule(WRONG_USES[code], '@pollux/sdk', names)
      before.set(code, text.split('\n').findIndex((line) => line.startsWith('export const body')) + 1)
      folder.write(`${code}.ts`, text)
    }
    const ran = folder.run(CODES.map((code) => `${code}.ts`))
    return new Map(
      CODES.map((code) => {
        const came = ran.get(`${code}.ts`)!
        const message = 'error' in came ? came.error : `nothing was thrown: ${came.shown.join(' ')}`
        return [code, placed(message, code, before.get(code)!)]
      }),
    )
  } finally {
    folder.remove()
  }
}

/** Lines are counted from the first that an author has written. */
function placed(message: string, code: ErrorCode, before: number): string {
  const place = new RegExp(String.raw`(?:[^ (]*[\\/])?${code}\.ts:(\d+)`, 'g')
  return message.replaceAll(place, (_, line: string) => `sales.ts:${Number(line) - before}`)
}
