/**
 * A frame's buffer seen through the arrays that an encoder writes with; the frame begins at `from`, a
 * multiple of 8.
 */
export class FrameBlock {
  readonly buffer: ArrayBufferLike
  readonly uint8: Uint8Array
  readonly uint16: Uint16Array
  readonly int32: Int32Array
  readonly float64: Float64Array
  from = 0

  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer
    this.uint8 = new Uint8Array(buffer)
    // A buffer may be longer than its last frame and end anywhere.
    this.uint16 = new Uint16Array(buffer, 0, buffer.byteLength >>> 1)
    this.int32 = new Int32Array(buffer, 0, buffer.byteLength >>> 2)
    this.float64 = new Float64Array(buffer, 0, buffer.byteLength >>> 3)
  }
}
