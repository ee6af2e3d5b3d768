import type { Focus, Mutation } from '../mutation.ts'
import { BACKLOG } from './foci.ts'

const REJOINS: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['crash', 'crash', 'slow-link', 'reset', 'slow'],
  count: [2, 5],
}

const WINDOWED_REJOINS: Focus = {
  ...REJOINS,
  plan: { source: 'replayable', sink: 'transactional', step: 'windows' },
}

export const CATCH_UP: readonly Mutation[] = [
  {
    name: 'cut-epoch-kept-cut',
    story:
      'An epoch that waits for the sink travels to the joiner in two parts, and stays two there: leading, ' +
      'it may commit the first with the record of the whole, and the rest is taken for committed.',
    file: 'packages/pair/src/catch-up/image-assembly.ts',
    find: 'a.to === b.to',
    replace: 'a === b',
    caughtBy: ['lost', 'repeated', 'reordered', 'diverged'],
    schedules: 400,
    focus: { ...BACKLOG, limits: { ...BACKLOG.limits, imageSliceBytes: 40, commitRows: 1 } },
  },
  {
    name: 'cut-group-kept-cut',
    story:
      'The state of a group travels in several pieces, or is stored so, and is loaded piece by piece: the ' +
      'last one is all that is left of it.',
    file: 'packages/pair/src/catch-up/image-assembly.ts',
    find: 'a.group === b.group',
    replace: 'a === b',
    caughtBy: ['diverged', 'halted', 'lost', 'reordered'],
    schedules: 100,
    focus: WINDOWED_REJOINS,
  },
  {
    name: 'texts-of-the-first-piece-only',
    story: 'The texts of a channel travel in several pieces, and all but the first are forgotten.',
    file: 'packages/pair/src/catch-up/image-assembly.ts',
    find: 'return { ...first, dictionaries }',
    replace: 'return first',
    caughtBy: ['crashed', 'diverged', 'halted', 'lost'],
    schedules: 100,
    focus: REJOINS,
  },
  {
    name: 'joiner-counted-as-member',
    story: 'A replica that is still joining passes for a member: it serves and leads without any state.',
    file: 'packages/pair/src/life/view.ts',
    find: '  for (const member of view.members) if (member.incarnation === incarnation) return true\n',
    replace: '  for (const member of belonging(view)) if (member.incarnation === incarnation) return true\n',
    caughtBy: ['crashed', 'stuck', 'diverged', 'halted', 'unserved', 'lost'],
    schedules: 50,
    focus: REJOINS,
  },
  {
    name: 'joiner-promoted-unloaded',
    story:
      'A joiner counts as loaded while its image is still on the way: it processes, and is promoted, ' +
      'without the state.',
    file: 'packages/pair/src/catch-up/catch-up-joiner.ts',
    find: "return this.#phase.kind === 'replaying'",
    replace: "return this.#phase.kind === 'replaying' || this.#phase.kind === 'loading'",
    caughtBy: ['crashed', 'stuck', 'diverged', 'halted', 'unserved', 'lost'],
    schedules: 100,
    focus: REJOINS,
  },
  {
    name: 'unacked-frames-not-in-image',
    story:
      'The state travels, the unacked output does not: the joiner stands at the head as a member, the ' +
      'survivor dies, and a consumer that is behind finds nobody to serve it.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: "const items = purpose === 'catch-up' || ",
    replace: 'const items = ',
    caughtBy: ['unserved', 'stuck'],
    schedules: 300,
    focus: REJOINS,
  },
  {
    name: 'catch-up-point-too-late',
    story: 'The joiner subscribes from what the survivor has received instead of from what it has processed.',
    file: 'packages/pair/src/catch-up/catch-up.ts',
    find: 'const point = { at: body.at, inputs: body.inputPoints(), image',
    replace:
      'const point = { at: body.at, inputs: this.#p.inputs.ports.map(({ channel }) => ' +
      '({ channel: channel.channel.id, ...channel.sealed })), image',
    caughtBy: ['deposed', 'diverged', 'halted', 'lost', 'crashed', 'stuck', 'reordered'],
    schedules: 200,
    focus: BACKLOG,
  },
  {
    name: 'acks-not-held-for-joiner',
    story:
      'The survivor acks on while its joiner subscribes: producers evict what the joiner is to begin with.',
    file: 'packages/pair/src/catch-up/catch-up-survivor.ts',
    find: "return this.#phase.kind === 'holding'\n",
    replace: "return this.#phase.kind === ('never' as string)\n",
    caughtBy: ['unserved', 'stuck'],
    schedules: 400,
    focus: REJOINS,
  },
  {
    name: 'snapshot-not-kept-still',
    story: 'State is written in place while its snapshot is streamed: the joiner loads one epoch too late.',
    file: 'packages/protocol/src/operator/group-table.ts',
    find: 'if (rows !== undefined && this.#shared[group] !== true) return rows',
    replace: 'if (rows !== undefined) return rows',
    caughtBy: ['diverged', 'halted', 'lost'],
    schedules: 300,
    focus: REJOINS,
  },
  {
    name: 'digest-not-in-image',
    story:
      'The running digest of a channel starts anew with the joiner: twins with equal bytes look different.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: 'keptDigest: items ? buffer.keptDigest : buffer.headDigest,',
    replace: 'keptDigest: 0,',
    caughtBy: ['halted', 'diverged'],
    schedules: 200,
    focus: REJOINS,
  },
  {
    name: 'own-watermark-not-in-image',
    story:
      'The joiner does not learn how far event time was: while all inputs are idle it seals with an ' +
      'older one.',
    file: 'packages/pair/src/consumer-body.ts',
    find: '        this.#watermark = part.watermark\n',
    replace: '',
    caughtBy: ['diverged', 'halted'],
    schedules: 500,
    focus: { ...WINDOWED_REJOINS, rows: 5 },
  },
  {
    name: 'input-watermark-not-in-image',
    story:
      'The joiner takes an input for one that has said nothing yet: its triggers fire later than its ' +
      'twin’s.',
    file: 'packages/pair/src/channel/input-side.ts',
    find: 'port.watermark = part.watermark\n',
    replace: '',
    caughtBy: ['diverged', 'halted', 'lost', 'reordered'],
    schedules: 400,
    focus: {
      ...WINDOWED_REJOINS,
      plan: { source: 'replayable', sink: 'transactional', step: 'windows', sources: 2 },
      faults: ['crash'],
      at: ['middle'],
      count: [2, 4],
    },
  },
  {
    name: 'dictionary-not-in-image',
    story:
      'The joiner does not learn which texts the dictionary of a channel holds: codes mean nothing to it.',
    file: 'packages/pair/src/channel/input-side.ts',
    find: 'port.decoder.restoreState(part.dictionaries)\n',
    replace: '',
    caughtBy: ['crashed', 'diverged', 'halted', 'lost'],
    schedules: 300,
    focus: REJOINS,
  },
  {
    name: 'encoder-dictionary-not-in-image',
    story: 'The joiner numbers the texts of its output anew: the same rows, other bytes than its twin’s.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: 'encoder.restoreState(part.dictionaries)\n',
    replace: '',
    caughtBy: ['crashed', 'diverged', 'halted', 'lost'],
    schedules: 300,
    focus: REJOINS,
  },
  {
    name: 'joiner-begun-with-twice',
    story:
      'The twin link breaks when the image has arrived; linked again, the survivor takes another image ' +
      'for a joiner that is a member already, and feeds it from behind decisions that it never gets.',
    file: 'packages/pair/src/catch-up/catch-up-survivor.ts',
    find: 'if (!this.streamed) this.end()',
    replace: 'this.end()',
    caughtBy: ['crashed', 'stuck'],
    schedules: 800,
    focus: {
      plan: { source: 'replayable', sink: 'transactional' },
      faults: ['crash', 'reset', 'reset', 'slow'],
      at: ['in'],
      aims: ['awaiting-joiner', 'replaying'],
      count: [4, 8],
      rows: 120,
    },
  },
  {
    name: 'groups-in-order-of-layout',
    story:
      'State comes back in another order than it was first put: rows are the same, the order of ' +
      'output is not.',
    file: 'packages/protocol/src/operator/group-table.ts',
    find: 'for (const [key, row] of rows) {\n    values[at] = key',
    replace: 'for (const [key, row] of [...rows].sort(([a], [b]) => b - a)) {\n    values[at] = key',
    caughtBy: ['diverged', 'halted', 'reordered', 'lost'],
    schedules: 400,
    focus: { ...WINDOWED_REJOINS, faults: ['crash', 'pair-loss', 'source-pause'], count: [3, 6], rows: 100 },
  },
]
