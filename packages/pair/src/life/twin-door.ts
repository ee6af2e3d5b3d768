import type { Speaker, TwinHello } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { OwnView } from './own-view.ts'
import type { Stance } from './stance.ts'
import type { TwinLink } from './twin-link.ts'
import { isWaiting, type Member, twinOf } from './view.ts'

/**
 * Decides who is on the other end of the twin link: by the view, and never by an old one. A hello from
 * somebody the view known here does not list waits until the view has been read again. Incarnations are
 * numbered pair by pair, so a number says nothing before its pair and lane are known.
 */
export class TwinDoor {
  readonly #context: Context
  readonly #own: OwnView
  readonly #twin: TwinLink
  readonly #stance: Stance
  #pending: { readonly link: number; readonly hello: TwinHello } | null = null

  constructor(context: Context, own: OwnView, twin: TwinLink, stance: Stance) {
    this.#context = context
    this.#own = own
    this.#twin = twin
    this.#stance = stance
  }

  /** Somebody connected. Returns who was let in, if anybody. */
  onHello(link: number, hello: TwinHello): Member | null {
    const { pair, lane } = hello.speaker
    if (pair !== this.#context.pair || lane === this.#context.identity.lane) {
      // Whoever it wants had our address before us.
      this.#context.event({
        kind: 'ignored',
        what: 'twin',
        why: `${pair}/${lane} is not the other lane of ours`,
      })
      this.#context.refuse(link, 'not-a-member')
      return null
    }
    if (hello.speaker.fingerprint !== this.#context.identity.fingerprint) {
      this.#context.refuse(link, 'fingerprint')
      return null
    }
    if (this.#pending !== null) this.#context.close(this.#pending.link)
    this.#pending = { link, hello }
    if (this.#listed(hello.speaker) === null) {
      this.#own.key.refresh()
      this.#own.key.poll()
    }
    return this.admit()
  }

  /** True if the link was one that waited at the door. */
  onClosed(link: number): boolean {
    if (this.#pending?.link !== link) return false
    this.#pending = null
    return true
  }

  /** After the view has been read: lets in or refuses who waits. Returns who was let in. */
  admit(): Member | null {
    const pending = this.#pending
    if (pending === null) return null
    const member = this.#listed(pending.hello.speaker)
    if (member === null && !this.#own.key.fresh) return null
    this.#pending = null
    if (member === null || this.#stance.role !== 'member') {
      this.#context.refuse(pending.link, member === null ? 'not-in-view' : 'not-a-member')
      return null
    }
    this.#twin.accept(member, pending.link)
    return member
  }

  /** Follows the view: whom the twin link is with from now on. */
  follow(): void {
    const { view, standing } = this.#own
    const { identity, incarnation } = this.#context
    if (view === null || incarnation === 0) return
    if (standing === 'waiting') {
      this.#twin.expect(view.members.find((m) => m.lane !== identity.lane) ?? null)
      return
    }
    const { peer } = this.#twin
    // A successor that waits has taken the link over already; the view will follow.
    if (peer === null || !isWaiting(view, peer.incarnation)) this.#twin.expect(twinOf(view, incarnation))
  }

  #listed({ incarnation, lane }: Speaker): Member | null {
    const { view } = this.#own
    if (view === null) return null
    const all = [...view.members, ...view.waiting, ...(view.joining === null ? [] : [view.joining])]
    return all.find((m) => m.incarnation === incarnation && m.lane === lane) ?? null
  }
}
