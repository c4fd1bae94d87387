import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, type NephosConfig, statePaths } from '@nephos/config'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeHome } from '../cloud/cloud.ts'
import { Failure } from '../failure.ts'
import type { StepEvent } from '../terminal/steps.ts'
import { askStatus, askSteps, type Control, isSupervised, serveControl } from './control.ts'

let config: NephosConfig
let server: Server | undefined
beforeEach(() => {
  config = loadConfig({ env: {}, overrides: { home: mkdtempSync(join(tmpdir(), 'nephos-control-')) } })
  makeHome(config)
})
afterEach(() => {
  server?.close()
  server = undefined
  rmSync(config.home, { recursive: true })
})

const step: StepEvent = { kind: 'note', text: 'halfway' }
const control: Control = {
  status: async () => ({ state: 'running' }),
  follow: async (say) => say(step),
  down: async ({ machines }, say) => say({ kind: 'note', text: String(machines) }),
  restart: async (name) => {
    throw new Failure(`There is no process ${name}.`, { remedy: 'There are others.', evidence: ['a line'] })
  },
  invite: async ({ name, minutes }) => `${name ?? 'any'} for ${minutes}`,
  forget: async () => {},
}

it('answers, streams steps, and passes options on', async () => {
  server = await serveControl(config, control)
  expect(await askStatus(config)).toEqual({ state: 'running' })
  const heard: StepEvent[] = []
  await askSteps(config, 'GET', '/events', (event) => heard.push(event))
  await askSteps(config, 'POST', '/down?machines=true', (event) => heard.push(event))
  expect(heard).toEqual([step, { kind: 'note', text: 'true' }])
})

it('hands an answer over', async () => {
  server = await serveControl(config, control)
  const ask = (path: string) => askSteps(config, 'POST', path, () => {})
  expect(await ask('/invite?name=host2&minutes=5')).toBe('host2 for 5')
  expect(await ask('/invite?minutes=5')).toBe('any for 5')
  expect(await ask('/forget?name=host2')).toBeUndefined()
})

it('hands a failure over with its remedy and its evidence', async () => {
  server = await serveControl(config, control)
  await expect(askSteps(config, 'POST', '/restart?name=a%20b', () => {})).rejects.toMatchObject({
    message: 'There is no process a b.',
    remedy: 'There are others.',
    evidence: ['a line'],
  })
})

it('can be opened by its owner alone', async () => {
  server = await serveControl(config, control)
  expect(statSync(statePaths(config).supervisorSocket).mode & 0o777).toBe(0o700)
})

it('lets only one supervisor hold a cloud', async () => {
  server = await serveControl(config, control)
  await expect(serveControl(config, control)).rejects.toThrow('already running')
})

it('takes the place of a socket whose supervisor was killed', async () => {
  const socketPath = statePaths(config).supervisorSocket
  const script = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
  expect(existsSync(socketPath)).toBe(true)
  expect(await isSupervised(config)).toBe(false)
  server = await serveControl(config, control)
  expect(await isSupervised(config)).toBe(true)
})
