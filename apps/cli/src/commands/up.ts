import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type NephosConfig, statePaths } from '@nephos/config'
import pc from 'picocolors'
import { checkTrust } from '../cloud/beyond.ts'
import { makeHome } from '../cloud/cloud.ts'
import { hostCount, otherNumber } from '../cloud/hosts.ts'
import { findLeftovers } from '../cloud/leftovers.ts'
import { choosePorts, portWishes } from '../cloud/ports.ts'
import { adminPassword } from '../cloud/secrets.ts'
import { Failure } from '../failure.ts'
import { isMember } from '../host/membership.ts'
import { loadOwnConfig, root } from '../installation.ts'
import { prepare } from '../prepare/prepare.ts'
import type { CloudFile } from '../supervisor/cloud-file.ts'
import { askStatus, askSteps, isSupervised } from '../supervisor/control.ts'
import { identify, isAlive } from '../supervisor/identity.ts'
import { rotate, tail } from '../supervisor/log-files.ts'
import { type StatusReport, supervise } from '../supervisor/supervise.ts'
import type { Crash } from '../supervisor/supervised-process.ts'
import { seconds } from '../terminal/format.ts'
import { printSteps } from '../terminal/print-steps.ts'
import { Steps } from '../terminal/steps.ts'
import { summary } from './summary.ts'

/** `./nephos up`: brings the cloud up and prints where it is. In the foreground, Ctrl-C takes it down again. */
export async function up({ detach = false, hosts }: { detach?: boolean; hosts?: string }): Promise<void> {
  if (hosts !== undefined) process.env.NEPHOS_HOSTS = hosts
  const config = loadOwnConfig()
  const began = performance.now()
  makeHome(config)
  if (await isSupervised(config)) return alreadyUp(config, hosts)
  hostCount(config)
  checkTrust(config)
  // Before anything that takes long: what a leftover of this cloud holds will be free again.
  if (findLeftovers(config).length === 0 && !isMember(config)) await choosePorts(portWishes(config))

  const password = isMember(config) ? { value: '', created: false } : adminPassword(config)
  const shown = password.created && process.stdout.isTTY && !config.adminPassword ? password.value : undefined
  const steps = new Steps()
  const endPrinting = printSteps(steps)
  if (config.adminPassword && !isMember(config) && config.adminPassword !== password.value)
    steps.note(
      '  NEPHOS_ADMIN_PASSWORD counts at the first start alone; change the password in the dashboard.',
    )
  try {
    await prepare(config, steps)
    if (detach) {
      const file = await startDetached(config, steps)
      endPrinting()
      process.stdout.write(`\n  Up after ${seconds(performance.now() - began)}.\n${summary(file, shown)}`)
      return
    }
    const cloud = await supervise(config, steps, { onCrash: printCrash })
    process.stdout.write(`\n  Up after ${seconds(performance.now() - began)}; Ctrl-C takes it down.\n`)
    process.stdout.write(summary(cloud.file, shown))
    await cloud.ended
  } finally {
    endPrinting()
  }
}

/** A second `up`: says that it runs, and waits with the first one when that is still at work. */
async function alreadyUp(config: NephosConfig, hosts: string | undefined): Promise<void> {
  const steps = new Steps()
  const before = await askStatus<StatusReport>(config)
  if (before.cloud?.state !== 'running') {
    const endPrinting = printSteps(steps)
    await askSteps(config, 'GET', '/events', (event) => steps.emit(event)).finally(endPrinting)
  }
  const { cloud } = await askStatus<StatusReport>(config)
  const other = cloud && otherNumber(cloud.hosts, hosts === undefined ? undefined : config.hosts)
  if (other) throw new Failure('Nephos is already running.', { remedy: other })
  process.stdout.write(`  Nephos is already running.\n${cloud ? summary(cloud) : ''}`)
}

/** Starts the supervisor as a process of its own and follows its steps until the cloud is up. */
async function startDetached(config: NephosConfig, steps: Steps): Promise<CloudFile> {
  const logFile = join(statePaths(config).log, 'supervisor.log')
  rotate(logFile)
  const log = openSync(logFile, 'a', 0o640)
  const bundle = join(root, 'apps/cli/dist/main.mjs')
  const command = existsSync(bundle)
    ? ['--enable-source-maps', bundle]
    : ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'apps/cli/src/main.ts')]
  const child = spawn(process.execPath, [...command, 'supervise'], {
    cwd: process.cwd(),
    env: process.env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  const supervisor = child.pid === undefined ? null : identify(child.pid)
  while (!(await isSupervised(config))) {
    if (!supervisor || !isAlive(supervisor))
      throw new Failure('The supervisor did not start.', { evidence: tail(logFile, 15) })
    await sleep(20)
  }
  await askSteps(config, 'GET', '/events', (event) => steps.emit(event))
  return (await askStatus<StatusReport>(config)).cloud!
}

/** Prints a crash and the end of the log of what crashed. */
function printCrash({ name, how, log, restartInMs }: Crash): void {
  process.stdout.write(
    `${pc.yellow('!')} ${name} ended (${how}); it starts again in ${seconds(restartInMs)}.\n${log
      .map((line) => `    ${pc.dim(line)}\n`)
      .join('')}`,
  )
}

/** The hidden command behind `up --detach`: supervises without a terminal. Its output is the supervisor's log. */
export async function superviseDetached(): Promise<void> {
  const config = loadOwnConfig()
  const cloud = await supervise(config, new Steps(), { onCrash: printCrash, followed: true })
  await cloud.ended
}
