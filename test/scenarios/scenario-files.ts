import { readdirSync, readFileSync } from 'node:fs'
import { type Play, playScenario } from './play-scenario.ts'
import { ScenarioError } from './scenario-error.ts'
import { parseScenario } from './scenario.ts'

export interface ScenarioFile {
  readonly name: string
  readonly path: string
}

/** All of them, by name. */
export function scenarioFiles(): ScenarioFile[] {
  const folder = import.meta.dirname
  const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
  return files.sort().map((file) => ({ name: file.slice(0, -'.txt'.length), path: `${folder}/${file}` }))
}

export function scenarioFile(name: string): ScenarioFile {
  const file = scenarioFiles().find((one) => one.name === name)
  if (file === undefined) throw new Error(`there is no scenario ${name} in test/scenarios`)
  return file
}

export function playFile({ name, path }: ScenarioFile): Play {
  try {
    return playScenario(parseScenario(readFileSync(path, 'utf8')))
  } catch (error) {
    if (error instanceof ScenarioError) {
      throw new Error(`test/scenarios/${name}.txt:${error.line}: ${error.message}`, { cause: error })
    }
    throw error
  }
}
