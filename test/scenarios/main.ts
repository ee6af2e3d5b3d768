import { readFileSync, writeFileSync } from 'node:fs'
import { commandLine, orEnd, UsageError } from '../command-line.ts'
import type { Play } from './play-scenario.ts'
import { playFile, type ScenarioFile, scenarioFile, scenarioFiles } from './scenario-files.ts'

const HELP = `Plays the scenarios, and shows what differs from their recordings.

  npm run scenarios [-- NAME ...]             these, or all
  npm run scenarios -- --update [NAME ...]    and writes the recordings anew`

const { values, positionals: names } = commandLine(HELP, { update: { type: 'boolean' } })
const update = values.update === true
const all = scenarioFiles()
const files = orEnd(HELP, () => {
  const unknown = names.find((name) => all.every((file) => file.name !== name))
  if (unknown !== undefined) throw new UsageError(`there is no scenario called ${unknown}`)
  return names.length === 0 ? all : names.map(scenarioFile)
})
let different = 0

for (const file of files) {
  const play = attempt(file)
  if (play === null) continue
  for (const fault of play.faults) console.log(`${file.name}: ${fault}`)
  const recorded = readFileSync(file.path, 'utf8')
  if (play.text === recorded) continue
  different++
  if (update) writeFileSync(file.path, play.text)
  else console.log(`${file.name}\n${differenceOf(recorded, play.text)}`)
}
console.log(
  different === 0
    ? 'every recording holds'
    : `${different} ${update ? 'rewritten' : 'differ; --update rewrites them'}`,
)
if (different > 0 && !update) process.exitCode = 1

function attempt(file: ScenarioFile): Play | null {
  try {
    return playFile(file)
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    process.exitCode = 1
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
