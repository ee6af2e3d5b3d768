import type { Pipeline } from '@pollux/sdk'

export type Node = ReturnType<Pipeline['build']>['nodes'][number]

/** A callback of a step. */
export interface Question {
  readonly node: Node
  /** `onTimer`, `add of product`; empty where a step has only one. */
  readonly callback: string
  /** `row {at 5}`: what it was asked about. Two that are told alike must be answered alike. */
  readonly describeAsked: (asked: unknown) => string
  readonly describeAnswer: (answer: unknown) => string
  /** What its answer depends on, if it is another one. */
  readonly cause: string
}

/** A step whose callback was asked the same and gave two answers. */
export interface UnsteadyStep {
  readonly node: Node
  readonly callback: string
  /** `about row {at 5}`: what it was asked. */
  readonly asked: string
  readonly first: string
  readonly second: string
  /** What its answer depends on that it may not depend on. */
  readonly cause: string
}

/** A callback that has thrown: where a step then skips the row, that is an answer like any other. */
export class Thrown {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** So many answers are kept of a run; later ones are not. */
const ANSWERS_MOST = 200_000

interface Answer {
  readonly question: Question
  readonly asked: unknown
  readonly answer: unknown
}

/**
 * What all callbacks were asked in one run, in whatever replica, and what they answered. They are functions
 * of what they are asked: so where a pair has diverged because of one of them, there are two answers in here.
 */
export class AnswerLog {
  #answers: Answer[] = []

  clear(): void {
    this.#answers = []
  }

  /** Nothing of what is given may change any more: it is put into words only if somebody wants to know. */
  add(question: Question, asked: unknown, answer: unknown): void {
    if (this.#answers.length < ANSWERS_MOST) this.#answers.push({ question, asked, answer })
  }

  /** The first that was asked once more, and answered otherwise. */
  get contradiction(): UnsteadyStep | null {
    const known = new Map<Question, Map<string, string>>()
    for (const { question, asked, answer } of this.#answers) {
      const { node, callback, cause } = question
      const answers = known.get(question) ?? new Map<string, string>()
      known.set(question, answers)
      const about = question.describeAsked(asked)
      const isThrown = answer instanceof Thrown
      const second = isThrown ? `with ${String(answer.error)}` : question.describeAnswer(answer)
      const first = answers.get(about)
      if (first === undefined) answers.set(about, second)
      else if (first !== second) return { node, callback, asked: `about ${about}`, first, second, cause }
    }
    return null
  }
}
