import { TRANSCRIPT_TOPICS } from '@pollux/sim/simulator'
import { commandForms } from './scenario-command.ts'
import { PIPELINE_FORMS } from './scenario-pipeline.ts'
import { headForms } from './scenario.ts'
import { wrapWords } from './wrap-words.ts'

/** What the lines of a recording mean. */
export const READING = `      382.8  out/0/a  -> out/0/b: hand-over generation 1
      386.7  out/0    view 5: b#2, leader b#2 generation 2
      428.9  out/0/b  joining #6 from 129

  428.9             milliseconds of virtual time since the pipeline was started
  out/0/b           who: replica b of the pair out/0 (stage and partition), a pair, or \`pipeline\`
  -> out/0/b: ...   what it sends or asks, and whom; \`<-\` is what it is answered; the rest are events
  b#2, a#6, #6      a life of a replica: its lane, and the version of the view that first listed it
  view 5            the pair's view in its fifth version: members, joining, waiting, leader
  129, [3, 4)       an epoch; the epochs from 3 to before 4; \`end\` is behind them all
  9:11              a position on a channel: epoch 9, tuple 11; \`9:11+3\` are three tuples from there on
  channel 1         the second of the pipeline's channels, in its order, partition by partition`

/** The whole language of a scenario, and of its recording. */
export const SCENARIO_HELP = `A scenario is prose that tells its story, a line \`pipeline ...\`, below it
what else there is to say of the pipeline, and after an empty line what happens, a command a line. Below a
command stands, indented, what was recorded when it was played. Lines that begin with # are remarks.

The pipeline:
${indented(PIPELINE_FORMS)}

Below it, if at all:
${indented(headForms())}

Commands; where several are given, one of them, and what stands in brackets may be left out:
${indented(commandForms())}
  quietly run ...              any run, of which nothing is recorded

\`tell\`, \`ignore\` and \`tells\` name messages, events, keys and services. Told unless ignored:
${indented(wrapWords(topics(true)))}
Told only if asked for:
${indented(wrapWords(topics(false)))}
Of whom: a replica (in/0/a), a pair (in/0), a stage (in) or \`pipeline\`; of everybody if not said.

A recording is read like this:
${READING}`

function topics(told: boolean): readonly string[] {
  return Object.entries(TRANSCRIPT_TOPICS)
    .filter(([, usual]) => usual === told)
    .map(([topic]) => topic)
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n')
}
