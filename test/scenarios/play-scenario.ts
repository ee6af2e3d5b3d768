import type { Verdict } from '@pollux/sim'
import { describeKey, type Entry, Simulation, type Topic, Transcript } from '@pollux/sim/simulator'
import { viewKey } from '@pollux/pair'
import { OutputWatch } from './output-watch.ts'
import type { Command, Until } from './scenario-command.ts'
import { ScenarioError } from './scenario-error.ts'
import type { Scenario } from './scenario.ts'

/** What a wait may take, in virtual time. */
const PATIENCE_MS = 20_000
/** What an error tells of what happened instead. */
const TOLD_MOST = 40
const REMOVALS: readonly Topic[] = ['removed-twin', 'dropped-joiner']
const VERDICTS: readonly Verdict[] = ['lost', 'repeated', 'reordered', 'diverged', 'final-changed']

export interface Play {
  /** The whole file, with what happened now in place of what was recorded. */
  readonly text: string
  /** What the checker found, in its words. */
  readonly faults: readonly string[]
}

/** Plays a scenario from its seed: the same file always gives the same text. */
export function playScenario(scenario: Scenario): Play {
  const { plan, seed, rows, sourceMs, limits, clocksMs } = scenario
  const options = {
    seed,
    plan,
    rows,
    sourceMs,
    limits,
    clocksMs,
    faults: [],
    healAt: Number.MAX_SAFE_INTEGER,
    attended: true,
  }
  const player = new Player(new Simulation(options))
  const lines = [...scenario.head]
  for (const step of scenario.steps) {
    lines.push(step.text)
    if (step.kind === 'command')
      lines.push(...player.play(step.command, step.line).map((line) => `    ${line}`))
  }
  return { text: lines.join('\n'), faults: player.faults }
}

class Player {
  readonly #simulation: Simulation
  readonly #transcript: Transcript
  readonly #output: OutputWatch
  #awaited: ((entry: Entry) => boolean) | null = null
  #arrived = false
  /** Whom a twin has put out of its pair's view since the beginning. */
  readonly #removals: string[] = []

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    this.#transcript = new Transcript(simulation)
    this.#output = new OutputWatch(simulation)
    this.#transcript.onEntry = (entry) => {
      if (this.#awaited?.(entry) === true) this.#arrived = true
      if (REMOVALS.includes(entry.topic)) this.#removals.push(`${entry.who} ${entry.text}`)
    }
  }

  get faults(): string[] {
    const { violations } = this.#simulation.checker
    return violations.map(({ verdict, detail }) => `${verdict}: ${detail}`)
  }

  /** Carries it out; returns what happened meanwhile. */
  play(command: Command, line: number): string[] {
    const s = this.#simulation
    switch (command.kind) {
      case 'run': {
        this.#run(command, line)
        const told = this.#transcript.take()
        return command.quietly ? [] : told
      }
      case 'tell':
        for (const topic of command.topics) this.#transcript.tell(topic, command.whom)
        return []
      case 'ignore':
        for (const topic of command.topics) this.#transcript.ignore(topic, command.whom)
        return []
      case 'crash':
        if (s.find(command.slot) === null) throw new ScenarioError(line, `nobody is alive in ${command.slot}`)
        s.killSlot(command.slot, command.restartMs)
        return []
      case 'start':
        if (s.find(command.slot) !== null)
          throw new ScenarioError(line, `somebody is alive in ${command.slot}`)
        s.startSlot(command.slot, command.other)
        return this.#transcript.take()
      case 'fault':
        s.faults.plan([command.fault(s.world.now)])
        return []
      case 'rewrite':
        s.source(command.pair).rewrite(command.from, command.to)
        return []
      case 'store-size':
        s.store.machine.capacityBytes = command.bytes
        return []
      case 'resume':
        s.resume()
        return this.#transcript.take()
      case 'show':
        return this.#show(command.what)
      case 'expect-nobody-removed':
        if (this.#removals.length === 0) return []
        throw new ScenarioError(line, `removed:\n${this.#removals.join('\n')}`)
      case 'finish':
        return this.#finish()
    }
  }

  #run({ until, withinMs }: Command & { kind: 'run' }, line: number): void {
    const { world } = this.#simulation
    const timed = until.kind === 'time' ? until.ms : until.kind === 'span' ? world.now + until.ms : null
    if (timed !== null) {
      if (timed < world.now) throw new ScenarioError(line, `it is ${world.now.toFixed(1)} ms already`)
      // Something that happens just then stops the run where it was asked to stop.
      world.at(timed, () => {
        this.#arrived = true
      })
    }
    const patience = withinMs ?? PATIENCE_MS
    const deadline = withinMs === null && timed !== null ? timed : world.now + patience
    const met = this.#conditionOf(until)
    this.#arrived = false
    while (!this.#arrived && !met()) {
      this.#step()
      if (world.now > deadline) {
        const told = this.#transcript.take().slice(-TOLD_MOST).join('\n')
        throw new ScenarioError(
          line,
          `not within ${patience} ms, but:\n${told}\n${this.#simulation.pending()}`,
        )
      }
    }
    this.#awaited = null
  }

  #conditionOf(until: Until): () => boolean {
    const s = this.#simulation
    if (until.kind === 'whole') return () => s.whole
    if (until.kind === 'rows') return () => this.#output.out(until.pair) >= until.count
    if (until.kind === 'mid-epoch') return () => s.find(until.slot)?.replica.inputs.midEpoch === true
    if (until.kind === 'phase') return () => s.phaseOf(until.slot) === until.phase
    if (until.kind === 'entry') {
      this.#awaited = ({ who, topic, text }) =>
        (who === until.who || who.startsWith(`${until.who}/`)) &&
        topic === until.topic &&
        text.includes(until.text)
    }
    return () => false
  }

  #step(): void {
    this.#simulation.world.step()
    this.#transcript.look()
    this.#output.look()
  }

  #show(what: 'views' | 'run' | 'pending'): string[] {
    const s = this.#simulation
    if (what === 'run') return [describeKey(0, s.runKey)]
    if (what === 'pending') return s.pending().split('; ')
    return [...s.topology.pairs.keys()].map((pair) => {
      const reply = s.coordinator.machine.handle({ kind: 'read', key: viewKey(pair) })
      return reply.kind === 'value' && reply.value !== null
        ? `${pair} ${describeKey(reply.version, reply.value)}`
        : pair
    })
  }

  /** Everything heals, the pipeline runs to its end, and the checker judges. */
  #finish(): string[] {
    const s = this.#simulation
    s.healAt = s.world.now
    while (s.goesOn) this.#step()
    s.conclude()
    const lines = this.#transcript.take()
    const { violations } = s.checker
    const counts = VERDICTS.map(
      (verdict) => `${verdict} ${violations.filter((one) => one.verdict === verdict).length}`,
    )
    lines.push(
      `${s.runKey.state.kind} after ${s.world.now.toFixed(1)} ms, ${this.#outcome()}`,
      counts.join(', '),
    )
    return lines
  }

  #outcome(): string {
    const { topology } = this.#simulation
    const ends = [...topology.pairs.values()].filter((place) => place.stage.kind === 'egress')
    const rows = ends.map((place) => `${this.#output.out(place.id)} at ${place.id}`).join(', ')
    const { slowest } = this.#output
    const cost = slowest === null ? '' : `; the slowest took ${slowest.ms.toFixed(1)} ms`
    return `rows: ${this.#output.arrived} in, ${rows}${cost}`
  }
}
