/** There are more keys than state holds: the pipeline halts, instead of forgetting some. */
export class KeysError extends Error {
  override readonly name = 'KeysError'
}
