import { Halt } from '../errors/halt.ts'

/** There are more keys than state holds: the pipeline halts, instead of forgetting some. */
export class KeysError extends Halt {
  constructor(which: string) {
    super('PLX2002', which)
  }
}
