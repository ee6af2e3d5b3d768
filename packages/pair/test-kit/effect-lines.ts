import { describeMessage } from '@pollux/protocol'
import type { Effect } from '../src/effect.ts'

/**
 * Effects as lines, in order: `3 -> b2: subscribe ...`, `3: ack 4:4`, `3 closes`, `read view/orders/0`,
 * `* suspect orders/0 2`, `wake 25`, `exit rejoin: ...`.
 */
export function linesOf(effects: readonly Effect[]): string[] {
  return effects.map(lineOf)
}

function lineOf(effect: Effect): string {
  switch (effect.kind) {
    case 'connect':
      // Who speaks is the same on every line.
      return `${effect.link} -> ${effect.to}: ${describeMessage(effect.hello).replace(/ \([^)]*\)$/, '')}`
    case 'send':
      return `${effect.link}: ${describeMessage(effect.message)}`
    case 'close':
      return `${effect.link} closes`
    case 'coordinator':
      return `${effect.request.kind} ${effect.request.key}`
    case 'store':
    case 'source':
    case 'sink':
      return `${effect.kind} ${effect.request.kind}`
    case 'answer':
      return `answer ${effect.request} ${effect.answer.kind}`
    case 'display':
      return `display ${effect.client} ${effect.event.kind}`
    case 'wake':
      return `wake ${effect.at}`
    case 'event':
      return `* ${Object.values(effect.event).join(' ')}`
    case 'exit':
      return `exit ${effect.reason}: ${effect.detail}`
  }
}
