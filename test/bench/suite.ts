/** One table of figures: the first row of `rows` is its head. */
export interface Suite {
  readonly name: string
  readonly title: string
  run(): readonly (readonly string[])[]
}

export function describeTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  return [line(head), `|${'---|'.repeat(head.length)}`, ...body.map(line)].join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
