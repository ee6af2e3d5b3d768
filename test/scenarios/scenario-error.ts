/** A scenario that cannot be read, or a command that cannot be carried out: where, and what would do. */
export class ScenarioError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.name = 'ScenarioError'
    this.line = line
  }
}
