/** The data path by itself, for whoever measures or tests it without a replica around it. */
export { Context } from './context.ts'
export { FramePool } from './frame-pool.ts'
export { InputChannel } from './input-channel.ts'
export { OutputChannel } from './output-channel.ts'
