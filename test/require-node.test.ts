import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Runs the guard in a process that says it is this version of Node. */
function guarded(version: string) {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`
  const guard = `require(${JSON.stringify(join(import.meta.dirname, 'require-node.cjs'))})`
  return spawnSync(process.execPath, ['-e', `${pretend}; ${guard}`], { encoding: 'utf8' })
}

describe('an older Node', () => {
  test('is told what is wrong and what to do', () => {
    const { status, stderr } = guarded('20.11.1')
    expect(status).toBe(1)
    expect(stderr).toContain('Pollux needs Node 24 or newer')
    expect(stderr).toContain('npm rebuild node')
  })

  test('from 24 on, nothing is said', () => {
    expect(guarded('24.0.0')).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })
})
