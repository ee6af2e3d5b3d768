import { ERROR_CODES, type ErrorCode } from '@pollux/sdk'
import { CODES } from './error-messages.ts'
import { WRONG_USES } from './wrong-uses.ts'

const HEAD = `# What wrong use gets

Written by \`npm run errors\` from the list of codes in \`src/errors/error-codes.ts\`: do not edit it here.
Each message says what is wrong, where in the author's code, why that cannot be, and what to try. Most of it
does not compile either; what is shown here is what JavaScript gets, and code whose types are not known
before it runs. Codes from 1001 on are met when a pipeline is built, those from 2001 on halt one that runs.
In the examples \`orders\` is a stream with the columns \`at\`, \`shop\` and \`amount\`.
`

/** The document of all codes, with what each looks like. */
export function errorTable(messages: ReadonlyMap<ErrorCode, string>): string {
  const rows = CODES.map((code) => `| [${code}](#${code.toLowerCase()}) | ${ERROR_CODES[code].what} |`)
  const sections = CODES.map((code) => {
    const message = messages.get(code)!.replace('PipelineError: ', '')
    return `## ${code}\n\n\`\`\`ts\n${WRONG_USES[code]}\n\`\`\`\n\n\`\`\`\n${message}\n\`\`\`\n`
  })
  return [HEAD, ['| code | says that |', '|---|---|', ...rows, ''].join('\n'), ...sections].join('\n')
}
