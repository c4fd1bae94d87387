import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../failure.ts'
import { BackOff } from './back-off.ts'
import { endProcess, identify, isAlive } from './identity.ts'
import { ProcessGroup } from './process-group.ts'
import type { Crash, ProcessSpec, SupervisedProcess } from './supervised-process.ts'

let directory: string
let group: ProcessGroup
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nephos-supervisor-'))
  group = new ProcessGroup()
})
afterEach(async () => {
  await group.stop({ atOnce: true })
  rmSync(directory, { recursive: true })
})

const logOf = (name: string) => join(directory, `${name}.log`)

/** A small shell program; ready once it has written `ready`. */
const shell = (name: string, script: string, extra: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name,
  tier: 1,
  command: '/bin/sh',
  args: ['-c', script],
  env: { PATH: process.env.PATH ?? '' },
  cwd: directory,
  logFile: logOf(name),
  isReady: async () => readFileSync(logOf(name), 'utf8').includes('ready'),
  readyTimeoutMs: 2_000,
  graceMs: 300,
  backOff: new BackOff({ firstMs: 20, maxMs: 200 }),
  ...extra,
})
const patient = 'echo ready; while :; do sleep 0.05; done'

const reaches = async (supervised: SupervisedProcess, restarts: number) => {
  while (supervised.restarts < restarts || supervised.state !== 'running') await sleep(10)
}

describe('a process that crashes', () => {
  it('is started again, as another process, and its crash is told with the end of its log', async () => {
    const crashes: Crash[] = []
    group.on('crash', (crash) => crashes.push(crash))
    const supervised = await group.start(shell('victim', `echo before; ${patient}`))
    const first = supervised.identity!
    process.kill(first.pid, 'SIGKILL')
    await reaches(supervised, 1)
    expect(supervised.identity!.pid).not.toBe(first.pid)
    expect(isAlive(supervised.identity!)).toBe(true)
    expect(crashes).toMatchObject([{ name: 'victim', how: 'signal SIGKILL', restartInMs: 20 }])
    expect(crashes[0]!.log).toEqual(['before', 'ready'])
  })

  it('waits longer from crash to crash', async () => {
    const waits: number[] = []
    group.on('crash', ({ restartInMs }) => waits.push(restartInMs))
    const supervised = await group.start(
      shell(
        'flaky',
        'n=$(cat n 2>/dev/null || echo 0); echo $((n+1)) >n; echo ready; [ $n -ge 4 ] || { sleep 0.1; exit 3; }; while :; do sleep 0.05; done',
      ),
    )
    while (waits.length < 4) await sleep(10)
    expect(waits).toEqual([20, 40, 80, 160])
    await reaches(supervised, 4)
    expect(supervised.lastCrash?.how).toBe('exit code 3')
  })

  it('is not started again once it is being stopped', async () => {
    const supervised = await group.start(shell('victim', patient, { backOff: new BackOff({ firstMs: 100 }) }))
    process.kill(supervised.identity!.pid, 'SIGKILL')
    while (supervised.state !== 'waiting') await sleep(5)
    await group.stop()
    await sleep(200)
    expect(supervised).toMatchObject({ state: 'stopped', identity: null, restarts: 0 })
  })
})

describe('a start that fails', () => {
  it('says so with the end of the log, and leaves nothing running', async () => {
    const error = await group
      .start(shell('broken', 'echo no such table; exit 2'))
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Failure)
    expect((error as Failure).message).toBe('broken ended at once (exit code 2).')
    expect((error as Failure).evidence).toEqual(['no such table'])
    expect(group.find('broken')).toMatchObject({ state: 'stopped', identity: null })
  })

  it('ends a process that lives but is never ready', async () => {
    let pid = 0
    const spec = shell('mute', 'while :; do sleep 0.05; done', {
      readyTimeoutMs: 200,
      isReady: async (child) => {
        pid = child
        return false
      },
    })
    await expect(group.start(spec)).rejects.toThrow('was not ready')
    expect(identify(pid)).toBeNull()
  })

  it('names a program that does not exist', async () => {
    await expect(group.start({ ...shell('none', ''), command: '/no/such/program' })).rejects.toThrow(/ENOENT/)
  })
})

describe('stopping', () => {
  it('goes from the highest tier to the lowest', async () => {
    for (const tier of [1, 2, 3]) await group.start(shell(`tier${tier}`, patient, { tier }))
    const order: string[] = []
    await group.stop({ onStop: (name) => order.push(name) })
    expect(order).toEqual(['tier3', 'tier2', 'tier1'])
  })

  it('lets the lower tiers run when asked to', async () => {
    await group.start(shell('server', patient, { tier: 1 }))
    await group.start(shell('worker', patient, { tier: 2 }))
    await group.stop({ from: 2 })
    expect(group.processes.map(({ state }) => state)).toEqual(['running', 'stopped'])
  })

  it('kills what ignores the signal after its grace', async () => {
    const supervised = await group.start(shell('deaf', `trap '' TERM; ${patient}`))
    const who = supervised.identity!
    await group.stop()
    expect(isAlive(who)).toBe(false)
  })

  it('starts nothing any more', async () => {
    await group.stop()
    await expect(group.start(shell('late', patient))).rejects.toThrow('being stopped')
  })
})

describe('the identity of a process', () => {
  it('is not that of a later one with the same pid', async () => {
    const supervised = await group.start(shell('innocent', patient))
    const who = supervised.identity!
    const recycled = { ...who, started: `${who.started}0` }
    expect(isAlive(recycled)).toBe(false)
    expect(await endProcess(recycled, { graceMs: 100 })).toBe(false)
    expect(isAlive(who)).toBe(true)
  })

  it('is none after the process has ended', async () => {
    const supervised = await group.start(shell('short', patient))
    const who = supervised.identity!
    await group.stop()
    expect(identify(who.pid)).toBeNull()
  })
})
