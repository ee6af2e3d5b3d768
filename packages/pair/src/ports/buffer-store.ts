import type { Decision, Epoch, Generation, Image, Run } from '@pollux/protocol'

/**
 * What survives: decision logs (with pushed data) and checkpoint blobs. Contract for implementations:
 *  S1. After `fence(run, generation)` has answered, nothing an older (run, generation) sends ever becomes
 *  visible.
 *  S2. `append` takes effect only if it is not older than the fence and begins at tail + 1. Entries of one
 *      append become visible together or not at all.
 *  S3. An acknowledged append or fence survives the store's own fail-over.
 *  S4. An append without an answer may have happened, and may still happen until the log is fenced again.
 *  S5. A full store still takes a piece, and an append, that says so, within what was reserved: what is
 *      decided must become durable, and the checkpoint be written, that free it. Nothing else takes from
 *      there.
 *  S6. Pieces without a last one take room until somebody lets go of them: `list` names them apart from what
 *      is whole, and `discard` forgets them, so that a later piece that still comes is refused, and a first
 *      one begins the blob anew, unfinished like any other. It never touches a whole blob: the last piece may
 *      have come without its author, or whoever discards, having heard of it.
 *  S7. A whole blob never changes, and is read piece by piece. Deleted meanwhile, it is gone from the next
 *      piece on; never does a piece come from another blob, or a hole stand between two.
 *  S8. A read answers at least one entry where there is one, and besides only as many as were asked for, in
 *      entries and about in bytes: how long a log is must be no matter of how long one answer may take.
 */
export type StoreRequest =
  | { readonly kind: 'fence'; readonly log: string; readonly run: Run; readonly generation: Generation }
  /** From entry `from` on, in order, at most so many entries and about so many bytes. */
  | {
      readonly kind: 'read'
      readonly log: string
      readonly from: number
      readonly most: number
      readonly bytes: number
    }
  | {
      readonly kind: 'append'
      readonly log: string
      readonly run: Run
      readonly generation: Generation
      readonly entries: readonly Decision[]
      /** May take from the room that is reserved. */
      readonly reserved: boolean
    }
  | { readonly kind: 'truncate'; readonly log: string; readonly through: number }
  /**
   * Pieces of one attempt come in order from 0, any other is refused, and so is an attempt older than one
   * begun; the blob exists, for good, once a last piece is there, which may be empty.
   */
  | {
      readonly kind: 'put'
      readonly blob: string
      readonly attempt: number
      readonly piece: number
      readonly image: Image
      readonly last: boolean
      /** May take from the room that is reserved. */
      readonly reserved: boolean
    }
  /** Of a whole blob: from its part number `from` on, at least one part, at most about so many bytes. */
  | { readonly kind: 'get'; readonly blob: string; readonly from: number; readonly most: number }
  | { readonly kind: 'list'; readonly prefix: string }
  | { readonly kind: 'delete'; readonly blob: string }
  | { readonly kind: 'discard'; readonly blob: string }
  /**
   * Room while the checkpoint at `cut` is the last one (-1: there is none), in place of what was reserved
   * before. If that was for a later cut, this has only come late, and is refused.
   */
  | { readonly kind: 'reserve'; readonly bytes: number; readonly cut: Epoch }

export type StoreReply =
  | { readonly kind: 'fenced'; readonly first: number; readonly tail: number }
  | { readonly kind: 'entries'; readonly from: number; readonly entries: readonly Decision[] }
  | { readonly kind: 'appended'; readonly tail: number }
  | { readonly kind: 'done' }
  /** Null: there is no such blob. `next` is the part number to go on from, null when nothing follows. */
  | { readonly kind: 'image'; readonly image: Image | null; readonly next: number | null }
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly unfinished: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: 'fenced' | 'gap' | 'full' | 'truncated' }
  | { readonly kind: 'unavailable' }
