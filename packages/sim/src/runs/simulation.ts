import { Random } from '@pollux/std'
import { type Epoch, type PairId, type Plan, Topology } from '@pollux/protocol'
import {
  DEFAULT_LIMITS,
  type DisplayEvent,
  type Effect,
  firstRun,
  type Input,
  isEnded,
  type Limits,
  nextRun,
  type PushAnswer,
  type ReplicaEvent,
  RUN_KEY,
  type RunKey,
} from '@pollux/pair'
import { Checker } from '../judge/checker.ts'
import { CoordinatorModel } from '../world/coordinator-model.ts'
import { CONNECTIONS_MOST, DisplayClient } from '../world/display-client.ts'
import type { Fault } from '../faults/fault.ts'
import { type Flaw, withFlaw } from '../faults/flaw.ts'
import { FlawJudge } from '../judge/flaw-judge.ts'
import { FaultDriver } from '../faults/fault-driver.ts'
import { judgeFinished } from '../judge/final-judge.ts'
import type { ExpectedOutput } from '../judge/expected-output.ts'
import { FenceWatch } from '../judge/fence-watch.ts'
import { EndWatch } from '../judge/end-watch.ts'
import { Network } from '../world/network.ts'
import { type Outside, ProcessModel } from '../world/process-model.ts'
import { PairInvariants } from '../judge/pair-invariants.ts'
import { phaseOf, type ProtocolPhase } from '../judge/protocol-phase.ts'
import { PushClients } from '../world/push-clients.ts'
import { SinkModel } from '../world/sink-model.ts'
import { SourceModel } from '../world/source-model.ts'
import type { SourceRows } from '../world/source-rows.ts'
import { StoreModel } from '../world/store-model.ts'
import { ToyWorkload } from '../toys/toy-workload.ts'
import type { Workload } from './workload.ts'
import { World } from '../world/world.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly plan: Plan
  readonly faults: readonly Fault[]
  /** All faults are over by then; everything must converge afterwards. */
  readonly healAt: number
  /** Of each source of toys. */
  readonly rows: number
  readonly limits: Limits
  /** The last row arrives at about this time; by default well before everything heals. */
  readonly sourceMs?: number
  /** How long all must have been healed and whole before the input ends; null: it ends anyway. */
  readonly endsAfterMs?: number | null
  /** What is wrong with the user's code. */
  readonly flaw?: Flaw | null
  /** By how much the wall clocks of a pair are ahead, beside what they differ by anyway. */
  readonly clocksMs?: Readonly<Record<PairId, number>>
  /** Somebody drives this run by hand, and resumes by hand what was drained. */
  readonly attended?: boolean
  /** What the pipeline reads and does; toys if not given. */
  readonly workload?: Workload
}

/** Small bounds and short patience, so that every one of them is reached in a run of half a second. */
export const SIM_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  heartbeatMs: 30,
  silenceMs: 80,
  hedgeMs: 80,
  removeMs: 300,
  rereadMs: 300,
  lostMs: 400,
  replyMs: 150,
  sourceWaitMs: 60,
  retryMs: 6,
  markBytes: 3000,
  windowBytes: 800,
  frameBytes: 150,
  sliceBytes: 200,
  undurableMax: 20,
  joinQueueBytes: 20_000,
  imageSliceBytes: 80,
  imageSlicesInFlight: 1,
  idleEpochs: 8,
  eventsMax: 60,
  lingerMs: 300,
  attemptsMax: 2,
  appendMax: 8,
  appendBytes: 600,
  commitRows: 20,
  logReserveBytes: 3000,
  followerLagMax: 150,
  followerLagBytes: 20_000,
  followerWindowMax: 4,
  followerWindowBytes: 600,
}

/** Virtual time after healing within which a pipeline must have finished: so long, and so many epochs. */
const PATIENCE_MS = 5000
const PATIENCE_EPOCHS = 250
/** A run that goes round in circles at one moment never runs out of virtual time. */
const STEPS_MOST = 3_000_000
const LANES = ['a', 'b'] as const

export type Observer = (
  at: number,
  slot: string,
  what: ReplicaEvent | { readonly kind: 'step'; input: Input; effects: readonly Effect[] },
) => void

/** Runs in which messages really become bytes. */
const WIRE_SHARE = 0.05

/**
 * A whole pipeline of pairs in a world of virtual time. Two phases: faults, with safety checked at every
 * step; then everything heals, and the pipeline must finish with the output of the batch model.
 */
export class Simulation implements Outside {
  readonly world: World
  readonly topology: Topology
  readonly network: Network
  readonly coordinator: CoordinatorModel
  readonly store: StoreModel
  readonly checker: Checker
  readonly pushClients: PushClients
  readonly processes = new Map<string, ProcessModel>()
  readonly displayClients: DisplayClient[] = []
  readonly options: SimulationOptions
  readonly faults: FaultDriver
  readonly invariants: PairInvariants
  /** No fault lasts longer. */
  healAt: number
  /** Every slot, in the order of the plan. */
  readonly slots: readonly string[]
  observer: Observer | null = null
  /** What should have come out, by egress partition; null as long as the run has not been judged. */
  expected: ReadonlyMap<PairId, ExpectedOutput> | null = null
  /** Drained on purpose: to be resumed. */
  drains = 0
  readonly #sources = new Map<PairId, SourceModel>()
  readonly #data = new Map<PairId, SourceRows>()
  readonly #sinks = new Map<PairId, SinkModel>()
  readonly #workload: Workload
  readonly #random: Random
  readonly #endWatch = new EndWatch()
  readonly #planHash = 'plan-1'
  /** Slots that were started so far. */
  #started = 0
  readonly #flaws: FlawJudge
  readonly #patienceMs: number
  /** Since when every pair has been whole, everything having healed: infinitely late while it has not. */
  wholeSince = Number.POSITIVE_INFINITY
  #runKey: RunKey | null = null
  #runKeyAt = -1

  constructor(options: SimulationOptions) {
    this.options = options
    this.#workload = options.workload ?? new ToyWorkload(options.plan.groups, options.rows)
    this.#flaws = new FlawJudge(options.flaw ?? null, () => this.world.now)
    this.healAt = options.healAt
    this.#patienceMs = Math.max(PATIENCE_MS, PATIENCE_EPOCHS * options.plan.tickMs)
    this.world = new World(options.seed)
    this.#random = new Random(options.seed).fork('simulation')
    this.topology = new Topology(options.plan)
    this.slots = [...this.topology.pairs.keys()].flatMap((pair) => LANES.map((lane) => `${pair}/${lane}`))
    this.network = new Network(this.world, { delayMs: 0.2, jitterMs: 1 + this.#random.float() * 3 })
    this.network.wire = this.#random.chance(WIRE_SHARE)
    this.coordinator = new CoordinatorModel(this.world)
    this.store = new StoreModel(this.world)
    this.checker = new Checker(this.topology)
    this.invariants = new PairInvariants(this)
    const fences = new FenceWatch((what) => this.checker.report('unfenced', what))
    this.store.onHandled = (request, reply) => {
      fences.onHandled(request, reply)
      this.invariants.onHandled(request)
    }
    this.coordinator.onSwapped = (before, after) => {
      if (after.kind === 'view') this.invariants.onView(before?.kind === 'view' ? before : null, after)
      if (after.kind !== 'run' || before?.kind !== 'run') return
      this.invariants.rollbacks.onRun(before, after)
      if (after.run !== before.run) this.#flaws.onRun()
      if (after.state.kind === 'finished') this.#endWatch.onFinished(this.world.now, this.processes.values())
    }
    this.pushClients = new PushClients(
      this.world,
      options.plan.originMs,
      options.limits.logReserveBytes,
      (slot) => this.find(slot),
    )
    this.coordinator.apply({ kind: 'swap', key: RUN_KEY, version: 0, value: firstRun(this.#planHash) })
    this.network.onSend = (from, link, message) => {
      if ((message.kind !== 'frame' && message.kind !== 'seal') || !(from instanceof ProcessModel)) return
      const channel = from.replica.outputs.channelOf(link)
      // Twins that are made to differ do; what is asked then is that it is found out.
      if (channel !== null && !this.#flaws.mayDiffer) this.checker.onSend(from, channel, message)
    }
    this.#prepareOutside()
    for (const slot of this.slots) {
      // By hand, lane a founds every pair, so that a reader knows who is who.
      const at = this.options.attended === true ? (slot.endsWith('/a') ? 0 : 8) : this.#random.float() * 20
      this.world.at(at, () => this.startSlot(slot))
    }
    this.faults = new FaultDriver(this)
    this.faults.plan(options.faults)
    this.world.at(10, () => this.#watchOver())
  }

  /**
   * As the coordinator has it. Asked for at every step, so it is read only when something has changed there.
   */
  get runKey(): RunKey {
    const { swaps, machine } = this.coordinator
    if (this.#runKeyAt !== swaps) {
      const reply = machine.handle({ kind: 'read', key: RUN_KEY })
      this.#runKey = (reply.kind === 'value' ? reply.value : null) as RunKey
      this.#runKeyAt = swaps
    }
    return this.#runKey!
  }

  get finished(): boolean {
    return this.runKey.state.kind === 'finished'
  }

  /** Every pair has two serving members of the newest run. */
  get whole(): boolean {
    const { run } = this.runKey
    return this.slots.every((slot) => {
      const replica = this.find(slot)?.replica
      return (
        replica?.life.serves === true &&
        replica.context.run === run &&
        replica.life.own.view?.members.length === 2
      )
    })
  }

  phaseOf(slot: string): ProtocolPhase {
    return phaseOf(this.find(slot), this.runKey.state.kind === 'draining')
  }

  find(slot: string): ProcessModel | null {
    const worker = this.processes.get(slot)
    return worker?.alive === true ? worker : null
  }

  source(pair: PairId): SourceModel {
    return this.#sources.get(pair)!
  }

  sink(pair: PairId): SinkModel {
    return this.#sinks.get(pair)!
  }

  /** What the source of an ingress partition holds. */
  data(pair: PairId): SourceRows {
    return this.#data.get(pair)!
  }

  /** Runs to the end: finished, a violation, or out of patience. */
  run(): void {
    while (this.goesOn && this.world.step());
    this.conclude()
  }

  /** Not finished, no violation, and patience left. */
  get goesOn(): boolean {
    const { checker, world } = this
    if (checker.violations.length > 0 || this.#settled() || this.#flaws.isHaltedByIt(this.runKey.state))
      return false
    return world.now < this.healAt + this.#patienceMs && world.steps <= STEPS_MOST
  }

  /** Judges the whole run, once it is over. */
  conclude(): void {
    if (this.checker.violations.length > 0) return
    if (this.#flaws.isHaltedByIt(this.runKey.state)) return
    if (!this.finished) {
      const { state } = this.runKey
      const halted = state.kind === 'halted'
      this.checker.report(halted ? 'halted' : 'stuck', this.pending())
      return
    }
    const escaped = this.#flaws.escaped(this.faults.kinds)
    if (escaped !== null) this.checker.report('halted', escaped)
    if (this.#flaws.mayDiffer) return
    const { topology, pushClients, displayClients, checker, store } = this
    this.expected = judgeFinished({
      topology,
      workload: this.#workload,
      history: store.history,
      data: this.#data,
      pushClients,
      sinks: this.#sinks,
      displayClients,
      endWatch: this.#endWatch,
      checker,
    })
  }

  /** `other`: a process that does not fit, with other code or another plan. */
  startSlot(slot: string, other: { readonly planHash?: string; readonly fingerprint?: string } = {}): void {
    if (this.find(slot) !== null || isEnded(this.runKey.state)) return
    const [stage, partition, lane] = slot.split('/') as [string, string, 'a' | 'b']
    const { flaw = null, plan } = this.options
    const offset = this.#random.float() * 1e6
    const rate = 0.98 + this.#random.float() * 0.04
    const wrong = this.#random.chance(0.1) ? (this.#random.float() - 0.5) * 2000 : this.#random.float() * 20
    const place = this.topology.pair(`${stage}/${partition}`)
    const ahead = this.options.clocksMs?.[place.id] ?? 0
    const skew = { offset, rate, wallOffset: plan.originMs + wrong + ahead }
    const operators = this.#workload.operators(this.#random.fork(`operators ${this.#started++}`))
    const identity = {
      topology: this.topology,
      place,
      lane,
      address: slot,
      planHash: this.#planHash,
      fingerprint: 'code-1',
      token: 'token',
      limits: this.options.limits,
      operators: (step: string, of: number) => withFlaw(operators(step, of), flaw, slot, this.#flaws.onShown),
      ...other,
    }
    const worker = new ProcessModel(this.world, this, identity, slot, skew)
    this.processes.set(slot, worker)
    worker.start()
  }

  killSlot(slot: string, restartMs: number | null): void {
    const worker = this.find(slot)
    worker?.kill()
    this.faults.look(slot)
    if (restartMs !== null) this.world.after(restartMs, () => this.startSlot(slot))
  }

  /** In words: what is missing for the run to be over. */
  pending(): string {
    const { state, run, checkpoint } = this.runKey
    const lines = [`run ${run} is ${JSON.stringify(state)}, checkpoint ${checkpoint?.epoch ?? 'none'}`]
    for (const slot of this.slots) {
      const worker = this.processes.get(slot)
      if (worker === undefined) lines.push(`${slot} never started`)
      else if (!worker.alive) lines.push(`${slot} is down (${worker.exited?.detail ?? 'killed'})`)
      else {
        const { life, body, context } = worker.replica
        const standing = `${life.own.standing}${life.joiner === null ? '' : ` ${life.joiner.phase}`}`
        lines.push(
          `${slot}#${context.incarnation} run ${context.run} ${standing} at ${body.at} works ${life.works}`,
        )
        for (const { channel, links } of worker.replica.inputs.ports) {
          const { epoch, seq } = channel.next
          lines.push(`  #${channel.channel.id} next ${epoch}:${seq} from ${links.describe()}`)
        }
      }
    }
    if (!this.#mayEnd) lines.push('the input is held open until every pair is whole')
    for (const [pair, sink] of this.#sinks) lines.push(`${pair}: record ${sink.record}`)
    if (!this.pushClients.done) lines.push(`${this.pushClients.waiting} push clients wait`)
    return lines.join('; ')
  }

  onStep(worker: ProcessModel, input: Input, effects: readonly Effect[]): void {
    this.invariants.onStep(worker, input, effects)
    this.pushClients.onStep(worker, input, effects)
    this.observer?.(this.world.now, worker.slot, { kind: 'step', input, effects })
    this.faults.look(worker.slot)
  }

  onEvent(worker: ProcessModel, event: ReplicaEvent): void {
    this.observer?.(this.world.now, worker.slot, event)
    if (event.kind === 'diverged') this.#flaws.onNoticed(worker)
    if (event.kind === 'broken-frame' && !this.faults.kinds.has('garble')) {
      this.checker.report('diverged', `${worker.slot} gets other bytes than were made: ${event.why}`)
    }
    if (event.kind === 'next-run') this.invariants.rollbacks.onNextRun(worker, event.run, event.why)
  }

  onExit(worker: ProcessModel): void {
    this.invariants.onExit(worker)
    this.faults.look(worker.slot)
    const { reason } = worker.exited!
    // One that hears of the end only after the pipeline has been resumed is wanted again; `startSlot` knows.
    if (reason === 'refused' || (reason === 'ended' && isEnded(this.runKey.state))) return
    this.world.after(5 + this.#random.float() * 30, () => this.startSlot(worker.slot))
  }

  onCrash(worker: ProcessModel, error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.checker.report('crashed', `${worker.slot}: ${what}`, worker.identity.place.id)
  }

  onAnswer(request: number, answer: PushAnswer): void {
    this.pushClients.onAnswer(request, answer)
  }

  onDisplay(connection: number, event: DisplayEvent): void {
    const client = this.displayClients[connection % CONNECTIONS_MOST]
    this.world.after(0.5, () => client?.onEvent(connection, event))
  }

  #prepareOutside(): void {
    let index = 0
    for (const place of this.topology.pairs.values()) {
      if (place.stage.kind === 'ingress') {
        const endMs = this.options.sourceMs ?? this.options.healAt * 0.8
        const data = this.#workload.sourceRows(place, index++, this.world.random, endMs)
        this.#data.set(place.id, data)
        const source = new SourceModel(this.world, data)
        source.mayEnd = () => this.#mayEnd
        this.#sources.set(place.id, source)
        if (place.stage.source === 'push') this.pushClients.plan(this.topology, place.id, data)
      }
      if (place.stage.kind !== 'egress') continue
      this.#sinks.set(place.id, new SinkModel(this.world, this.#workload.sinkKeys))
      if (place.stage.sink !== 'resumable') continue
      for (let count = 0; count < 2; count++) {
        this.displayClients.push(
          new DisplayClient(this.world, place.id, this.displayClients.length, (slot) => this.find(slot)),
        )
      }
    }
  }

  /**
   * What an operator would do: end push pipelines once everything is in, resume what was drained, keep slots
   * alive.
   */
  #watchOver(): void {
    const { state } = this.runKey
    if (state.kind === 'drained' && this.options.attended !== true) this.resume()
    const { now } = this.world
    if (now > this.healAt && this.whole) this.wholeSince = Math.min(this.wholeSince, now)
    if (state.kind === 'running' && this.world.now > this.healAt && this.#mayEnd && this.#allIn()) {
      this.requestDrain(true)
    }
    for (const worker of this.processes.values()) if (worker.alive) this.checker.checkBounds(worker)
    this.invariants.check()
    this.world.after(25, () => this.#watchOver())
  }

  requestDrain(finish: boolean): void {
    const reply = this.coordinator.machine.handle({ kind: 'read', key: RUN_KEY })
    const key = this.runKey
    if (reply.kind !== 'value' || key.state.kind !== 'running') return
    const value: RunKey = { ...key, state: { kind: 'draining', at: 0 as Epoch, finish, promised: [] } }
    this.coordinator.apply({ kind: 'swap', key: RUN_KEY, version: reply.version, value })
  }

  /** What an operator does with a pipeline that was drained, or that has halted. */
  resume(): void {
    const reply = this.coordinator.machine.handle({ kind: 'read', key: RUN_KEY })
    if (reply.kind !== 'value') return
    this.drains++
    this.coordinator.apply({
      kind: 'swap',
      key: RUN_KEY,
      version: reply.version,
      value: nextRun(this.runKey),
    })
    for (const slot of this.slots) this.world.after(this.#random.float() * 30, () => this.startSlot(slot))
  }

  get #mayEnd(): boolean {
    const { endsAfterMs = null } = this.options
    if (this.#flaws.mayStayAlone) return true
    return endsAfterMs === null || this.world.now >= this.wholeSince + endsAfterMs
  }

  /** A pipeline with push sources never ends by itself; it is told to once every client has been answered. */
  #allIn(): boolean {
    let pushes = false
    for (const place of this.topology.pairs.values()) {
      if (place.stage.kind !== 'ingress') continue
      if (place.stage.source === 'push') pushes = true
      else {
        const reads = (this.store.history.get(place.id) ?? []).flatMap((decision) => decision.reads)
        if (Number(reads.at(-1)?.to ?? 0) !== this.data(place.id).length) return false
      }
    }
    return pushes && this.pushClients.done
  }

  #settled(): boolean {
    return this.finished && this.displayClients.every((client) => client.ended || !this.#isShown(client.pair))
  }

  /** Some replica of the display is still there. */
  #isShown(pair: PairId): boolean {
    return LANES.some((lane) => this.find(`${pair}/${lane}`) !== null)
  }
}
