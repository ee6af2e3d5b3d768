import { type Pipeline, readsLike } from '@pollux/sdk'
import { type AnswerLog, type Node, type Question, Thrown } from './answer-log.ts'
import { describeFields, describeValue } from './describe-row.ts'
import { type Context, HeardContext } from './heard-context.ts'

type Graph = ReturnType<Pipeline['build']>
type Fields = Readonly<Record<string, unknown>>
type Stateful = Node & { readonly kind: 'stateful' }
type Step = Stateful['step']
type ProcessStep = Step & { readonly kind: 'process' }
type Aggregate = (Step & { readonly kind: 'window' })['aggregates'][number]['spec']
type OwnAggregate = Aggregate & { readonly op: 'own' }
type State = Parameters<OwnAggregate['read']>[0]

/** Who listens to the callbacks of a pipeline. */
export interface Ear {
  readonly log: AnswerLog
  /** A callback has returned a promise: nobody waits for it, and nobody would know when it is done. */
  readonly onPromise: (step: string) => void
}

const OF_ROW = 'something besides the row, such as a variable outside of it'
const OF_STATE =
  'something besides its rows, its state and its context, such as a variable outside of it, ' +
  'or the order in which one was filled'

/**
 * The same pipeline, whose callbacks are heard: what they are asked, and what they answer. They are given
 * what they would be given, and what they do is done.
 */
export function heard<Config>(pipeline: Pipeline<Config>, ear: Ear): Pipeline<Config> {
  const build = (config: Config): Graph => {
    const graph = pipeline.build(config)
    for (const node of graph.nodes) Object.assign(node, heardParts(node, ear))
    return graph
  }
  return { ...pipeline, build }
}

/** `map (orders.ts:12)`, `process watch (risk.ts:7), onTimer`: a step, and which of its callbacks. */
export function describeStep(node: Node, callback = ''): string {
  const place = node.where === '' ? '' : ` (${node.where})`
  return `${describeKind(node)}${place}${callback === '' ? '' : `, ${callback}`}`
}

function describeKind(node: Node): string {
  if (node.kind !== 'stateful') return 'name' in node ? `${node.kind} ${node.name}` : node.kind
  return `${node.step.kind === 'process' ? 'process' : 'aggregate'} ${node.name}`
}

/** The callbacks of a step, each replaced by one that is heard. */
function heardParts(node: Node, ear: Ear): object {
  switch (node.kind) {
    case 'filter':
      return { keeps: heardOfRow(node, '', node.keeps, ear) }
    case 'map':
      return { change: heardOfRow(node, '', node.change, ear) }
    case 'flat-map':
      return { spread: heardSpread(node, node.spread, ear) }
    case 'branch':
      return {
        conditions: node.conditions.map((holds, at) => heardOfRow(node, `condition ${at + 1}`, holds, ear)),
      }
    case 'stateful':
      return { step: heardStep(node, ear) }
    default:
      return {}
  }
}

function heardStep(node: Stateful, ear: Ear): Step {
  const { step } = node
  if (step.kind === 'process') return { ...step, operator: heardOperator(node, step, ear) }
  if (step.kind !== 'window') return step
  const aggregates = step.aggregates.map((one) =>
    one.spec.op === 'own' ? { ...one, spec: heardAggregate(node, one.name, one.spec, ear) } : one,
  )
  return { ...step, aggregates }
}

/** A callback that makes something of a row. */
function heardOfRow<Answer>(
  node: Node,
  callback: string,
  ask: (row: Fields) => Answer,
  ear: Ear,
): (row: Fields) => Answer {
  const question = ofRow(node, callback, describeAnswer)
  return readsLike(ask, (row) => {
    const asked = { ...row }
    return listen(ear, question, asked, () => ask(row), copied)
  })
}

function heardSpread(
  node: Node,
  spread: (row: Fields, emit: (row: Fields) => void) => void,
  ear: Ear,
): (row: Fields, emit: (row: Fields) => void) => void {
  const question = ofRow(node, '', describeAnswer)
  return readsLike(spread, (row, emit) => {
    const asked = { ...row }
    const made: unknown[] = []
    const hear = (one: Fields): void => {
      made.push(copied(one))
      emit(one)
    }
    listen(
      ear,
      question,
      asked,
      () => spread(row, hear),
      () => made,
    )
  })
}

interface AskedOfState {
  readonly about: string
  readonly fields: Fields
  readonly key: Fields
  readonly state: Fields
  /** Filled while the callback runs. */
  told: readonly unknown[]
}

/** A callback of an own operator, with a row or a timer. */
type Process = (given: Fields, context: Context) => void
interface Callbacks {
  readonly process: Process
  readonly onTimer?: Process
}

function heardOperator(node: Stateful, { operator }: ProcessStep, ear: Ear): ProcessStep['operator'] {
  const contexts = new WeakMap<object, HeardContext>()
  const heardIn = (real: Context): HeardContext => {
    const known = contexts.get(real) ?? new HeardContext(real)
    contexts.set(real, known)
    return known
  }
  const through = (callback: string, about: string, call: Process) => {
    const question = ofState(node, callback)
    return (given: Fields, real: Context): void => {
      const context = heardIn(real)
      context.take()
      const { state, key } = real
      const before = { about, fields: { ...given }, key: { ...key }, state: { ...state } }
      const asked: AskedOfState = { ...before, told: [] }
      const done = (): unknown => {
        const { told, did } = context.take()
        asked.told = told
        return { did, state: { ...state } }
      }
      listen(ear, question, asked, () => call(given, context), done)
    }
  }
  const { process: onRow, onTimer } = operator as unknown as Callbacks
  const made = {
    ...operator,
    process: readsLike(onRow, through('process', 'row', onRow)),
    ...(onTimer === undefined ? {} : { onTimer: through('onTimer', 'timer', onTimer) }),
  }
  return made as unknown as ProcessStep['operator']
}

function heardAggregate(node: Stateful, name: string, own: OwnAggregate, ear: Ear): OwnAggregate {
  const twoOf = <Other>(callback: string, about: string, call: (state: State, other: Other) => void) => {
    const question = ofState(node, `${callback} of ${name}`)
    return readsLike(call, (state: State, other: Other): void => {
      const asked = { about, fields: { ...other }, key: {}, state: { ...state }, told: [] }
      const done = (): unknown => ({ did: [], state: { ...state } })
      listen(ear, question, asked, () => call(state, other), done)
    })
  }
  const question = { ...ofState(node, `read of ${name}`), describeAnswer }
  return {
    ...own,
    add: twoOf('add', 'row', own.add),
    merge: twoOf('merge', 'other', own.merge),
    read: readsLike(own.read, (state) => {
      const asked = { about: '', fields: {}, key: {}, state: { ...state }, told: [] }
      return listen(ear, question, asked, () => own.read(state), copied)
    }),
  }
}

/** Calls a callback, and writes down what it has answered; `keep`: what is kept of that. */
function listen<Answer>(
  ear: Ear,
  question: Question,
  asked: unknown,
  ask: () => Answer,
  keep: (answer: Answer) => unknown,
): Answer {
  let answer: Answer
  try {
    answer = ask()
  } catch (error) {
    ear.log.add(question, asked, new Thrown(error))
    throw error
  }
  refusePromise(answer, question, ear)
  ear.log.add(question, asked, keep(answer))
  return answer
}

function refusePromise(answer: unknown, { node, callback }: Question, ear: Ear): void {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return
  const { then } = answer
  if (typeof then !== 'function') return
  // Whatever becomes of it is not what is told.
  Reflect.apply(then, answer, [() => undefined, () => undefined])
  ear.onPromise(describeStep(node, callback))
}

function ofRow(node: Node, callback: string, answer: (given: unknown) => string): Question {
  return {
    node,
    callback,
    describeAsked: (asked) => `row ${describeFields(asked as Fields)}`,
    describeAnswer: answer,
    cause: OF_ROW,
  }
}

function ofState(node: Node, callback: string): Question {
  return { node, callback, describeAsked: describeOfState, describeAnswer: describeDone, cause: OF_STATE }
}

function describeOfState(given: unknown): string {
  const { about, fields, key, state, told } = given as AskedOfState
  return [
    ...(about === '' ? [] : [`${about} ${describeFields(fields)}`]),
    ...(Object.keys(key).length === 0 ? [] : [`key ${describeFields(key)}`]),
    ...(Object.keys(state).length === 0 ? [] : [`state ${describeFields(state)}`]),
    ...(told.length === 0 ? [] : [told.map(String).join(' ')]),
  ].join(', ')
}

function describeDone(given: unknown): string {
  const { did, state } = given as { readonly did: readonly unknown[]; readonly state: Fields }
  const kept = Object.keys(state).length === 0 ? [] : [`state ${describeFields(state)}`]
  const done = did.map((one) => (typeof one === 'string' ? one : `row ${describeFields(one as Fields)}`))
  return [...done, ...kept].join(', ') || 'nothing'
}

function describeAnswer(answer: unknown): string {
  return describeValue(answer)
}

/** What the author's code returns it may use again. */
function copied(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && !(answer instanceof Uint8Array)
    ? { ...answer }
    : answer
}
