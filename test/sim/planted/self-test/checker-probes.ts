import type { Decision, Epoch, FrameMessage, Message, SealMessage } from '@pollux/protocol'
import { START } from '@pollux/protocol'
import type { Verdict } from '@pollux/sim'
import { SIM_LIMITS, Simulation } from '@pollux/sim/simulator'
import { type Complaint, PIPELINE, simulationOf } from './bench.ts'

type Checker = Simulation['checker']
type Toys = readonly (typeof ROWS)[number][]
type Sinks = Parameters<Checker['checkOutput']>[1]
type Clients = Parameters<Checker['checkOutput']>[2]

const ROWS = [1, 2, 3].map((id) => ({ id, key: id, at: id, value: id * 10 }))
const EPOCH = 4 as Epoch
const LOG: readonly Decision[] = [decision(1, 0, 5), decision(2, 5, Number.MAX_SAFE_INTEGER)]

/** Histories that are known to be bad, and what the checker must say of each. */
const BAD: readonly (readonly [Verdict, string, (checker: Checker, simulation: Simulation) => void])[] = [
  ['lost', 'a row that never came', (c) => output(c, [ROWS[0]!, ROWS[1]!])],
  ['lost', 'a row in the middle that never came', (c) => output(c, [ROWS[0]!, ROWS[2]!])],
  ['repeated', 'a row that came twice', (c) => output(c, [...ROWS, ROWS[2]!])],
  ['reordered', 'two rows in each other’s place', (c) => output(c, [ROWS[0]!, ROWS[2]!, ROWS[1]!])],
  ['lost', 'a row of another value', (c) => output(c, [ROWS[0]!, ROWS[1]!, { ...ROWS[2]!, value: 31 }])],
  [
    'decision-rewritten',
    'a log with a hole',
    (c) => c.checkLogs(new Map([['in/0', [LOG[0]!, decision(3, 5, 6)]]])),
  ],
  [
    'decision-rewritten',
    'a log with a jump',
    (c) => c.checkLogs(new Map([['in/0', [LOG[0]!, decision(2, 6, 7)]]])),
  ],
  ['lost', 'a range that nobody decided', (c) => c.checkCoverage('in/0', [read('', '2'), read('3', '5')], 5)],
  ['lost', 'an end that nobody decided', (c) => c.checkCoverage('in/0', [read('', '2')], 5)],
  ['diverged', 'two frames at one position', (c) => twice(c, frame(1), frame(2))],
  ['diverged', 'two seals at one position', (c) => twice(c, seal(5, 1), seal(6, 1))],
  ['diverged', 'two watermarks at one position', (c) => twice(c, seal(5, 1), seal(5, 2))],
  [
    'final-changed',
    'a final event that was another row',
    (c) => shown(c, { sealed: new Map([[1, row(ROWS[2]!)]]) }),
  ],
  ['final-changed', 'a client that complains', (c) => shown(c, { complaint: 'it came twice' })],
  ['lost', 'an event that never came', (c) => shown(c, { ended: true })],
  ['lost', 'a client that was never told the end', (c) => shown(c, { owedEnd: true })],
  [
    'unfenced',
    'an append by somebody who fenced nothing',
    (_c, s) => s.store.onHandled?.(...unfencedAppend()),
  ],
]

/** Runs that cannot end well, to be called stuck. */
const STUCK: readonly (readonly [string, () => Simulation])[] = [
  ['a pipeline of which nobody is left', () => deserted(() => true)],
  ['a pair that stays without one of its replicas', () => deserted((slot) => slot === 'in/0/b')],
]

export function checkerComplaints(): Complaint[] {
  const good = simulationOf()
  output(good.checker, ROWS)
  good.checker.checkLogs(new Map([['in/0', LOG]]))
  twice(good.checker, frame(1), frame(1))
  const unjust = good.checker.violations.map(({ detail }) => ({
    claim: 'the checker finds no fault in what is right',
    detail,
  }))
  const blind = BAD.flatMap(([verdict, what, happen]) => {
    const simulation = simulationOf()
    happen(simulation.checker, simulation)
    return unseen(simulation, verdict, what)
  })
  const patient = STUCK.flatMap(([what, prepare]) => {
    const simulation = prepare()
    simulation.run()
    return unseen(simulation, 'stuck', what)
  })
  return [...unjust, ...blind, ...patient]
}

function unseen({ checker }: Simulation, verdict: Verdict, what: string): Complaint[] {
  const said = checker.violations.map((one) => one.verdict)
  if (said.includes(verdict)) return []
  const detail = `${what} is ${said.join(', ') || 'nothing'} to it, not ${verdict}`
  return [{ claim: 'the checker sees what is wrong', detail }]
}

/** Some die and do not come back. */
function deserted(dies: (slot: string) => boolean): Simulation {
  const simulation = new Simulation({
    seed: 1,
    plan: PIPELINE,
    faults: [],
    healAt: 50,
    endsAfterMs: 0,
    rows: 3,
    limits: SIM_LIMITS,
  })
  while (simulation.world.now < 40 && simulation.world.step());
  for (const slot of simulation.slots.filter(dies)) simulation.killSlot(slot, null)
  return simulation
}

function output(checker: Checker, rows: Toys): void {
  const sink = { rows: rows.map(row) } as never
  judge(checker, new Map([['out/0', sink]]), [])
}

function shown(checker: Checker, client: object): void {
  const whole = {
    id: 0,
    pair: 'out/0',
    sealed: new Map(),
    base: -1,
    resets: [],
    ended: false,
    complaint: null,
    ...client,
  }
  judge(checker, new Map(), [whole as never])
}

function judge(checker: Checker, sinks: Sinks, clients: Clients): void {
  const expected = { rows: ROWS.map(row), contentAfter: () => [] }
  checker.checkOutput(new Map([['out/0', expected]]), sinks, clients)
}

function row({ id, key, at, value }: (typeof ROWS)[number]): {
  readonly epoch: number
  readonly values: readonly unknown[]
} {
  return { epoch: EPOCH, values: [id, key, at, value, `key ${key}`] }
}

function twice(checker: Checker, first: Message, second: Message): void {
  const process = { slot: 'in/0/a', replica: { context: { run: 1 } } } as never
  checker.onSend(process, 0, first)
  checker.onSend(process, 0, second)
}

function frame(digest: number): FrameMessage {
  return { kind: 'frame', start: START, epoch: EPOCH, frame: { rows: 1, digest } as never }
}

function seal(to: number, watermark: number): SealMessage {
  return { kind: 'seal', start: START, to: to as Epoch, watermark, idle: false }
}

function decision(index: number, from: number, to: number): Decision {
  return {
    index,
    from: from as Epoch,
    to: to as Epoch,
    seals: true,
    reads: [],
    watermark: 0,
    idle: false,
    pushes: [],
  }
}

function read(from: string, to: string): Decision {
  return { ...decision(1, 0, 1), reads: [{ from, to, rows: Number(to) - Number(from), digest: 0 }] }
}

function unfencedAppend(): Parameters<NonNullable<Simulation['store']['onHandled']>> {
  const entries = [LOG[0]!]
  return [
    { kind: 'append', log: 'in/0', run: 1, generation: 1, entries } as never,
    { kind: 'appended', tail: 1 },
  ]
}
