export { AssertionError, assert, must, unreachable } from './assert.ts'
export type { Brand } from './brand.ts'
export { Random } from './random.ts'
export { RingQueue } from './ring.ts'
