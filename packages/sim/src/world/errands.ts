import type { SinkRequest, StoreRequest } from '@pollux/pair'
import type { World } from './world.ts'

/** What a replica has sent out for: one errand of each subject at a time. */
type Subject = 'log' | 'part' | 'checkpoint' | 'sink'
type Kind = StoreRequest['kind'] | SinkRequest['kind']

interface Errand {
  id: number
  kind: Kind
  /** Given up by then: an answer that is lost does not keep it busy for ever. */
  until: number
}

const SUBJECT_OF: Partial<Record<Kind, Subject>> = {
  fence: 'log',
  read: 'log',
  append: 'log',
  put: 'part',
  get: 'checkpoint',
  open: 'sink',
  commit: 'sink',
  upsert: 'sink',
}

/**
 * Which answers a process waits for, as its driver sees it: the phases that lie between a request and its
 * reply.
 */
export class Errands {
  readonly #world: World
  readonly #patienceMs: number
  readonly #errands = new Map<Subject, Errand>()

  constructor(world: World, patienceMs: number) {
    this.#world = world
    this.#patienceMs = patienceMs
  }

  begin(id: number, kind: Kind): void {
    const subject = SUBJECT_OF[kind]
    if (subject === undefined) return
    this.#errands.set(subject, { id, kind, until: this.#world.now + this.#patienceMs })
  }

  end(id: number): void {
    for (const [subject, errand] of this.#errands) if (errand.id === id) this.#errands.delete(subject)
  }

  /** The request of this subject that is under way. */
  current(subject: Subject): Kind | null {
    const errand = this.#errands.get(subject)
    return errand === undefined || errand.until <= this.#world.now ? null : errand.kind
  }
}
