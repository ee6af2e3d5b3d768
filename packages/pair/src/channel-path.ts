/** The data path by itself, for whoever measures or tests it without a replica around it. */
export { Context } from './context.ts'
export { FramePool } from './channel/frame-pool.ts'
export { InputChannel } from './channel/input-channel.ts'
export { OutputChannel } from './channel/output-channel.ts'
