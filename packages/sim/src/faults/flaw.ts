import type { Random } from '@pollux/std'
import { BatchBuilder, type Emitter, type Operator, type PairId, type Plan, Topology } from '@pollux/protocol'
import { appendToy, toyAt, TOY_SCHEMA } from '../toys/toy-rows.ts'

/**
 * What is wrong with the user's code in this run, and not with the world: no repair helps, so the pipeline
 * must stop, by name.
 */
export type Flaw =
  /** It throws in every replica: among the rows from this epoch on, or when this epoch is closed. */
  | {
      readonly kind: 'throws'
      readonly pair: PairId
      readonly where: 'rows' | 'boundary'
      readonly epoch: number
    }
  /** From this epoch on one lane makes something else of its rows than its twin does. */
  | { readonly kind: 'differs'; readonly pair: PairId; readonly lane: 'a' | 'b'; readonly epoch: number }

/** What a `throws` flaw says, and so does whoever halts because of it. */
export const FLAW_MESSAGE = 'the code is broken'

export function randomFlaw(random: Random, plan: Plan): Flaw {
  const places = [...new Topology(plan).pairs.values()]
  const epoch = random.between(2, 40)
  if (random.chance(0.5)) {
    const pair = random.pick(places).id
    return { kind: 'throws', pair, where: random.pick(['rows', 'boundary']), epoch }
  }
  const makers = places.filter((place) => place.downstream.length > 0)
  return { kind: 'differs', pair: random.pick(makers).id, lane: random.pick(['a', 'b']), epoch }
}

/** The operator of a replica, with the flaw if it has it. `onShown` is called when it shows. */
export function withFlaw(operator: Operator, flaw: Flaw | null, slot: string, onShown: () => void): Operator {
  if (flaw === null || !slot.startsWith(`${flaw.pair}/`)) return operator
  if (flaw.kind === 'differs' && !slot.endsWith(flaw.lane)) return operator
  const fail = (): never => {
    onShown()
    throw new RangeError(FLAW_MESSAGE)
  }
  const differing = (out: Emitter, epoch: number): Emitter => {
    if (flaw.kind !== 'differs' || epoch < flaw.epoch) return out
    return {
      emit: (output, rows) => {
        if (rows.rows > 0) onShown()
        const others = new BatchBuilder(TOY_SCHEMA)
        for (let row = 0; row < rows.rows; row++) {
          const toy = toyAt(rows, row)
          appendToy(others, { ...toy, value: toy.value + 1 })
        }
        out.emit(output, others)
      },
    }
  }
  return {
    state: operator.state,
    current: () => operator.current?.() ?? [],
    process: (port, rows, context, out) => {
      if (flaw.kind === 'throws' && flaw.where === 'rows' && context.epoch >= flaw.epoch) fail()
      operator.process(port, rows, context, differing(out, context.epoch))
    },
    boundary: (context, out) => {
      operator.boundary(context, differing(out, context.epochFrom))
      const closes = context.epochFrom <= flaw.epoch && flaw.epoch < context.epochTo
      if (flaw.kind === 'throws' && flaw.where === 'boundary' && closes) fail()
    },
  }
}
