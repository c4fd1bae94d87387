import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, type NephosConfig, statePaths } from '@nephos/config'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type CloudFile, writeCloudFile } from '../supervisor/cloud-file.ts'
import { identify, isAlive, type ProcessIdentity } from '../supervisor/identity.ts'
import { makeHome } from './cloud.ts'
import { endLeftovers, findLeftovers } from './leftovers.ts'

let config: NephosConfig
let child: ChildProcess
let who: ProcessIdentity
beforeEach(() => {
  config = loadConfig({ env: {}, overrides: { home: mkdtempSync(join(tmpdir(), 'nephos-leftovers-')) } })
  makeHome(config)
  child = spawn('sleep', ['60'], { stdio: 'ignore' })
  who = identify(child.pid!)!
})
afterEach(() => {
  child.kill('SIGKILL')
  rmSync(config.home, { recursive: true })
})

const record = (process: ProcessIdentity) =>
  writeCloudFile(config, {
    processes: [{ ...process, name: 'api', tier: 3, stopSignal: 'SIGTERM' }],
  } as Partial<CloudFile> as CloudFile)

it('ends what outlived its supervisor, and removes the sockets', async () => {
  record(who)
  const socket = join(statePaths(config).run, 'api.sock')
  writeFileSync(socket, '')
  expect(findLeftovers(config).map(({ name }) => name)).toEqual(['api'])
  expect(await endLeftovers(config)).toEqual(['api'])
  expect(isAlive(who)).toBe(false)
  expect(existsSync(socket)).toBe(false)
})

it('never touches a program that got the pid later, as after a reboot', async () => {
  record({ ...who, started: 'another-boot:1' })
  expect(await endLeftovers(config)).toEqual([])
  expect(isAlive(who)).toBe(true)
})

it('does not believe a pid file of PostgreSQL that names somebody else', () => {
  const { postgres } = statePaths(config)
  makeHome({ ...config, home: postgres })
  writeFileSync(join(postgres, 'postmaster.pid'), `${child.pid}\n`)
  expect(findLeftovers(config)).toEqual([])
})
