import type { StoreReply, StoreRequest } from '@pollux/pair'

/**
 * Watches the store from outside: an append may be taken only from whoever fenced the log last (S1, P8). A
 * replica that writes under a generation it has not fenced, and a store that forgets a fence, look the same
 * from here.
 */
export class FenceWatch {
  readonly #fences = new Map<string, { readonly run: number; readonly generation: number }>()
  readonly #report: (what: string) => void

  constructor(report: (what: string) => void) {
    this.#report = report
  }

  onHandled(request: StoreRequest, reply: StoreReply): void {
    if (request.kind === 'fence' && reply.kind === 'fenced') {
      const { run, generation } = request
      const held = this.#fences.get(request.log)
      if (held === undefined || held.run < run || (held.run === run && held.generation < generation)) {
        this.#fences.set(request.log, { run, generation })
      }
    }
    if (request.kind !== 'append' || reply.kind !== 'appended') return
    const fence = this.#fences.get(request.log)
    if (fence?.run === request.run && fence.generation === request.generation) return
    const last = fence === undefined ? 'never' : `at run ${fence.run}, generation ${fence.generation}`
    const author = `run ${request.run}, generation ${request.generation}`
    this.#report(`${request.log} took an append of ${author}; it was fenced ${last}`)
  }
}
