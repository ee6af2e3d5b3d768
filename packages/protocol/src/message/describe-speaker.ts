import type { Speaker } from './message.ts'

/** `run 1 count/0/a#5`: the run, then the pair, the lane and the incarnation in it. Never the token. */
export function describeSpeaker({ run, pair, lane, incarnation }: Speaker): string {
  return `run ${run} ${pair}/${lane}#${incarnation}`
}
