import type { Mutation } from '../mutation.ts'

/**
 * What loses and repeats nothing: it makes everybody wait, or costs a pair its second replica. A schedule
 * that heals in the end does not notice; a scenario that says how soon something must happen does.
 */
export const STALLS: readonly Mutation[] = [
  {
    name: 'acks-held-until-joined',
    story:
      'The survivor holds its acks until its joiner is a member, not for one round trip: as long as the ' +
      'image travels nothing is acked, the producers come to their mark, and the ingress stops.',
    file: 'packages/pair/src/catch-up/catch-up-survivor.ts',
    find: "return this.#phase.kind === 'holding'\n",
    replace: "return this.#phase.kind !== 'idle'\n",
    caughtBy: ['scenario: survivor-keeps-acking-while-it-streams'],
    schedules: 0,
  },
  {
    name: 'joiner-waited-for',
    story:
      'The survivor holds its acks for however long its joiner takes to subscribe: one that cannot reach a ' +
      'producer stops the pipeline for as long as that lasts.',
    file: 'packages/pair/src/catch-up/catch-up.ts',
    find: 'if (this.survivor.holdsTooLong) this.#giveUp()',
    replace: '',
    caughtBy: ['scenario: joiner-out-of-reach-of-a-producer'],
    schedules: 0,
  },
  {
    name: 'behind-never-said',
    story: 'A leader that is behind is never told: whatever it has lost, everybody waits for it, for good.',
    file: 'packages/pair/src/channel/upstream-links.ts',
    find: 'if (!producer.accepted || epoch <= producer.toldEpoch) continue',
    replace: 'if (epoch >= 0) continue',
    caughtBy: ['scenario: clocks-that-differ'],
    schedules: 0,
  },
  {
    name: 'behind-not-passed-on',
    story:
      'A stage between a leader that is behind and whoever waits for it keeps to itself what it is told: ' +
      'only ingresses next to a fan-in come level.',
    file: 'packages/pair/src/life/pair-life.ts',
    find: 'if (ingress !== null) ingress.onHint(epoch)\n    else inputs.passHint(epoch)',
    replace: 'ingress?.onHint(epoch)\n    inputs.passHint(0 as Epoch)',
    caughtBy: ['scenario: clocks-that-differ'],
    schedules: 0,
  },
  {
    name: 'behind-not-heeded',
    story: 'A leader goes by its own clock alone, whatever it is told of the others’.',
    file: 'packages/pair/src/ingress/decision-maker.ts',
    find: '    this.#clock.follow(this.#hint)\n',
    replace: '',
    caughtBy: ['scenario: clocks-that-differ'],
    schedules: 0,
  },
  {
    name: 'far-epochs-not-heeded',
    story:
      'What the run key says of ingresses that no consumer has in common is heeded by none: where their ' +
      'clocks are far apart, the log of the first is not cut before the last has come there by itself.',
    file: 'packages/pair/src/ingress/decision-maker.ts',
    find: '    this.onHint(standing.reached)\n',
    replace: '',
    caughtBy: ['scenario: clocks-far-apart'],
    schedules: 0,
  },
  {
    name: 'promise-read-as-a-bound-only',
    story:
      'Where a drain stops is heeded by those who are past it, and not by those behind: they come there ' +
      'when their clocks do.',
    file: 'packages/pair/src/checkpoint/run-keeper.ts',
    find: 'Math.max(this.value?.reached ?? 0, this.drainAt() ?? 0)',
    replace: '(this.value?.reached ?? 0)',
    caughtBy: ['scenario: drain-of-clocks-far-apart'],
    schedules: 0,
  },
  {
    name: 'idle-range-kept-open',
    story: 'An ingress with nothing to read keeps its long range open, though others have rows in it.',
    file: 'packages/pair/src/ingress/decision-maker.ts',
    find: 'const wanted = rows || this.#hint > tail.next ||',
    replace: 'const wanted = rows ||',
    caughtBy: ['scenario: idle-beside-busy'],
    schedules: 0,
  },
  {
    name: 'hand-over-never-asked',
    story:
      'A leader out of reach of its outside keeps it to itself: it lives and beats, and nothing happens.',
    file: 'packages/pair/src/life/hand-over.ts',
    find: 'if (failingMs >= limits.hedgeMs && hasFollower) this.#ask(generation)',
    replace: '',
    caughtBy: ['scenario: grey-failure-at-the-store'],
    schedules: 0,
  },
  {
    name: 'unreachable-source-kept',
    story: 'A leader minds its store and its sink; that it cannot read its source is no reason to hand over.',
    file: 'packages/pair/src/life/end-life.ts',
    find: '      ingress?.source.failingMs ?? 0,\n',
    replace: '',
    caughtBy: ['scenario: grey-failure-at-the-source'],
    schedules: 0,
  },
  {
    name: 'unreachable-sink-kept',
    story:
      'A leader minds its store and its source; that it cannot write to its sink is no reason to hand over.',
    file: 'packages/pair/src/life/end-life.ts',
    find: '      this.#writer?.failingMs ?? 0,\n',
    replace: '',
    caughtBy: ['scenario: grey-failure-at-the-sink'],
    schedules: 0,
  },
  {
    name: 'lead-taken-unprobed',
    story:
      'A follower takes the lead whenever it is asked, without trying the sink first: two replicas that ' +
      'cannot reach it hand the lead to and fro, and one of them is always catching up.',
    file: 'packages/pair/src/life/hand-over.ts',
    find: 'const { reachedMs, tookMs } = this.#probe',
    replace: 'const { reachedMs, tookMs } = { reachedMs: 2 * limits.heartbeatMs, tookMs: 0 }',
    caughtBy: ['scenario: sink-out-of-reach-of-both'],
    schedules: 0,
  },
  {
    name: 'old-answer-believed',
    story:
      'A follower counts an answer to what it tried while the leader was not asking: each slow answer lets ' +
      'it depose the leader in the middle of the next request, and so on.',
    file: 'packages/pair/src/life/hand-over.ts',
    find: 'reachedMs + tookMs <= awake - this.#askedSince && ',
    replace: 'reachedMs < 2 * limits.hedgeMs && ',
    caughtBy: ['scenario: store-answers-late-but-in-time'],
    schedules: 0,
  },
  {
    name: 'refusal-counts-as-hearing',
    story: 'A successor that waits says that it cannot serve, and so its lost pair is never lost.',
    file: 'packages/pair/src/replica.ts',
    find: "if (message.kind !== 'refuse') this.losses",
    replace: 'this.losses',
    caughtBy: ['scenario: pair-lost-one-slot-returns'],
    schedules: 0,
  },
  {
    name: 'nobody-left-to-ask',
    story:
      'A silent twin stays in the view for want of a neighbour’s word, though no neighbour is left: ' +
      'it never ' +
      'says that the pair next to it is lost.',
    file: 'packages/pair/src/life/fact-finder.ts',
    find: 'silentMs >= limits.lostMs && this.#p.losses.hearsNobody',
    replace: 'false',
    caughtBy: ['scenario: lane-lost-beside-a-lost-pair'],
    schedules: 0,
  },
  {
    name: 'busy-taken-for-paused',
    story:
      'A replica so busy that each of its steps comes long after the last takes all of that time for a ' +
      'pause: its clock of patience stands still, and its dead twin stays in the view.',
    file: 'packages/pair/src/replica.ts',
    find: 'if (gap > heartbeatMs) this.#context.pausedMs += gap - heartbeatMs / 2',
    replace: 'if (gap > this.#context.limits.silenceMs / 2) this.#context.pausedMs += gap',
    caughtBy: ['scenario: busy-replica-removes-its-dead-twin'],
    schedules: 0,
  },
  {
    name: 'new-sink-taken-for-robbed',
    story:
      'A follower finds no record in a sink that its leader has never reached, and dies of it; so does its ' +
      'successor, and the pipeline halts.',
    file: 'packages/pair/src/egress/sink-writer.ts',
    find: 'phase.generation === null && phase.known === 0',
    replace: 'phase.generation === null && phase.known < 0',
    caughtBy: ['scenario: sink-not-opened-yet'],
    schedules: 0,
  },
  {
    name: 'checkpoint-ahead-of-a-new-sink',
    story:
      'A part of the beginning waits for nothing, though the first word to the sink was lost: with the ' +
      'checkpoint it belongs to, a sink that is new counts as robbed of its record.',
    file: 'packages/pair/src/checkpoint/part-writer.ts',
    find: 'owed: to > FIRST_RECORD && body.at < FIRST_RECORD ? FIRST_RECORD : body.at',
    replace: 'owed: body.at',
    caughtBy: ['scenario: checkpoint-ahead-of-a-new-sink'],
    schedules: 0,
  },
  {
    name: 'slow-outside-handed-over',
    story:
      'A leader that has waited asks its follower to lead, though its own probes are answered: the ' +
      'follower begins again what the leader was in the middle of, until it has waited as long itself.',
    file: 'packages/pair/src/life/hand-over.ts',
    find: 'return this.#probe.reachedMs >= hedgeMs && this.#probe.failingMs >= hedgeMs / 2',
    replace: 'return true',
    caughtBy: ['deposed'],
    schedules: 300,
    focus: {
      plan: { source: 'replayable', sink: 'transactional' },
      faults: ['sink-slow', 'store-slow'],
      count: [1, 2],
    },
  },
  {
    name: 'patience-never-learned',
    story:
      'A request that was given up is given up as early the next time: a sink that needs longer for a ' +
      'commit never gets one done.',
    file: 'packages/pair/src/ports/outside-call.ts',
    find: 'this.#patienceMs = Math.max(this.#patienceMs, needed)',
    replace: '',
    caughtBy: ['scenario: sink-slower-than-patience'],
    schedules: 0,
  },
  {
    name: 'lost-to-one-replica',
    story:
      'One replica that hears nobody of a pair speaks for its twin as well, which hears it: the ' +
      'pipeline goes back to its checkpoint though every replica lives.',
    file: 'packages/pair/src/life/loss-watch.ts',
    find: 'LANES.every((lane) => lostTo.includes(',
    replace: 'LANES.some((lane) => lostTo.includes(',
    caughtBy: ['scenario: cut-off-from-upstream'],
    schedules: 0,
  },
  {
    name: 'silence-alone-removes',
    story:
      'With the link between two healthy twins dead each removes the other, without the word of a ' +
      'neighbour that has lost it too; it cannot catch up, and is removed again.',
    file: 'packages/pair/src/life/fact-finder.ts',
    find: 'if (silentMs >= limits.removeMs && (reportedLost || alone))',
    replace: 'if (silentMs >= limits.removeMs)',
    caughtBy: ['scenario: twins-of-a-compute-pair-suspect-each-other'],
    schedules: 0,
  },
  {
    name: 'closed-link-alone-removes',
    story: 'A link between two healthy twins breaks, and one of them takes that for the other’s death.',
    file: 'packages/pair/src/life/fact-finder.ts',
    find: 'if (this.#twin.closed && this.#twin.reportedLost)',
    replace: 'if (this.#twin.closed)',
    caughtBy: ['scenario: twins-of-a-compute-pair-suspect-each-other'],
    schedules: 0,
  },
  {
    name: 'silence-alone-deposes',
    story:
      'A follower that does not hear its leader takes the lead, though every neighbour hears it: a dead ' +
      'link between healthy twins costs a replica.',
    file: 'packages/pair/src/life/end-life.ts',
    find: 'return lost && this.#twin.reportedLost',
    replace: 'return lost',
    caughtBy: ['scenario: twins-of-an-ingress-suspect-each-other'],
    schedules: 0,
  },
  {
    name: 'decided-rows-not-compared',
    story:
      'Whoever reads a decided range again takes what it finds: a source that was rewritten makes twins ' +
      'differ, and after a restart the same decisions make other output.',
    file: 'packages/pair/src/ingress/source-reader.ts',
    find: ' || reply.digest !== read.digest',
    replace: '',
    caughtBy: ['scenario: follower-reads-otherwise'],
    schedules: 0,
  },
  {
    name: 'changed-source-unnamed',
    story:
      'A replica whose source reads otherwise stops, and tells nobody why: the pipeline just stands still.',
    file: 'packages/pair/src/life/pair-life.ts',
    find: 'if (changed !== null) return { epoch: body.at, seq: 0, code: changed }',
    replace: '',
    caughtBy: ['scenario: source-changed'],
    schedules: 0,
  },
  {
    name: 'follower-never-commits',
    story:
      'A follower waits for its leader, however long its rows are due: a hung leader of a transactional ' +
      'egress costs a silence, a take-over and a catch-up, though anybody could have committed.',
    file: 'packages/pair/src/egress/sink-writer.ts',
    find: 'this.#stalledMs >= Math.max(limits.hedgeMs, 2 * this.#usualMs)',
    replace: 'this.#stalledMs >= 1e9',
    caughtBy: ['scenario: egress-leader-hangs'],
    schedules: 0,
  },
]
