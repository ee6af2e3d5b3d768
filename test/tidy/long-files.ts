/** The files over 300 lines that are better read in one piece, each with the reason. None may be over 500. */
export const LONG_FILES: Readonly<Record<string, string>> = {
  'packages/pair/src/channel/output-side.ts':
    'every way in which a consumer, its view or its silence reaches the output channels, and their order',
  'packages/pair/src/life/pair-life.ts':
    'the order of things within a step, from the run key to the heartbeat, is read here',
  'packages/pair/src/replica.ts':
    'three handlers that are total over the messages: each names what it ignores',
  'packages/sdk/src/pipeline/stream.ts':
    'half of it are examples; streams, keyed streams and windowed streams make one another',
  'packages/sdk/src/window/session-windows.ts':
    'the life of a session, from the row that begins it to the watermark that forgets it, is read here',
  'packages/sim/src/runs/simulation.ts': 'the world a run is played in, put together in one place',
}
