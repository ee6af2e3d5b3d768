import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { commandLine, orEnd, UsageError } from '../command-line.ts'
import type { Play } from './play-scenario.ts'
import { playFile, type ScenarioFile, scenarioFile, scenarioFiles } from './scenario-files.ts'
import { SCENARIO_HELP } from './scenario-help.ts'

const HELP = `Plays the scenarios in test/scenarios, and shows what differs from their recordings.

  npm run scenarios [-- NAME ...]             these, or all
  npm run scenarios -- --update [NAME ...]    and writes the recordings anew, of those that play well

${SCENARIO_HELP}`

const { values, positionals } = commandLine(HELP, { update: { type: 'boolean' } }, true)
const update = values.update === true
const all = scenarioFiles()
const names = positionals.map((word) => basename(word, '.txt'))
const files = orEnd(() => {
  const unknown = names.find((name) => all.every((file) => file.name !== name))
  if (unknown !== undefined) throw new UsageError(`there is no scenario called ${unknown}`)
  return names.length === 0 ? all : names.map(scenarioFile)
})
let different = 0
let failed = 0

for (const file of files) {
  const play = attempt(file)
  const faults = play?.faults ?? []
  for (const fault of faults) console.log(`${file.name}: ${fault}`)
  // What plays badly is not to be written down.
  if (play === null || faults.length > 0) failed++
  else if (play.text !== readFileSync(file.path, 'utf8')) {
    different++
    if (update) writeFileSync(file.path, play.text)
    else console.log(`${file.name}\n${differenceOf(readFileSync(file.path, 'utf8'), play.text)}`)
  }
}
console.log(closing())
if (failed > 0 || (different > 0 && !update)) process.exitCode = 1

function closing(): string {
  const recordings = update ? `${different} rewritten` : `${different} differ; --update rewrites them`
  const parts = [
    ...(failed > 0 ? [`${failed} of ${files.length} failed`] : []),
    ...(different > 0 ? [recordings] : []),
  ]
  return parts.length === 0 ? 'every recording holds' : parts.join(', ')
}

function attempt(file: ScenarioFile): Play | null {
  try {
    return playFile(file)
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    return null
  }
}

/** The lines from the first that differs to the last, as they were and as they are. */
function differenceOf(recorded: string, played: string): string {
  const before = recorded.split('\n')
  const after = played.split('\n')
  let same = 0
  while (same < before.length && before[same] === after[same]) same++
  let tail = 0
  while (tail < Math.min(before.length, after.length) - same && before.at(-1 - tail) === after.at(-1 - tail))
    tail++
  const removed = before.slice(same, before.length - tail).map((line) => `- ${line}`)
  const added = after.slice(same, after.length - tail).map((line) => `+ ${line}`)
  return [`  line ${same + 1}`, ...removed, ...added].join('\n')
}
