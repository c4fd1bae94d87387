import { setTimeout as sleep } from 'node:timers/promises'
import type { NephosConfig } from '@nephos/config'
import { Cloud, makeHome } from '../cloud/cloud.ts'
import { Failure } from '../failure.ts'
import { Steps } from '../terminal/steps.ts'
import type { CloudFile } from './cloud-file.ts'
import { serveControl } from './control.ts'
import { residentBytes } from './identity.ts'
import type { Crash, ProcessState } from './supervised-process.ts'

/** One process, as `status` shows it. */
export interface ProcessReport {
  name: string
  pid: number | null
  state: ProcessState
  /** When it came into this state. */
  since: string
  restarts: number
  residentBytes: number | null
  lastCrash: { at: string; how: string } | null
}

/** What the supervisor answers to `status`. */
export interface StatusReport {
  cloud: CloudFile | null
  supervisorBytes: number
  processes: ProcessReport[]
}

/** How {@link supervise} behaves. */
export interface SuperviseOptions {
  /** Hears of every process that ends unasked. */
  onCrash: (crash: Crash) => void
  /** Somebody will follow the start through the socket: a failure waits to be heard. */
  followed?: boolean
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A cloud under supervision in this process. */
export interface Supervision {
  /** What runs. */
  file: CloudFile
  /** Resolves once the cloud has been stopped, through the socket or a signal. */
  ended: Promise<void>
}

/**
 * Starts the cloud in this process and keeps it running; others steer it through the control socket. A signal
 * stops it in order.
 * @throws Failure when it does not come up; everything that was started is stopped again
 */
export async function supervise(
  config: NephosConfig,
  steps: Steps,
  { onCrash, followed = false }: SuperviseOptions,
): Promise<Supervision> {
  makeHome(config)
  const cloud = new Cloud(config)
  cloud.group.on('crash', onCrash)
  let stopping: Promise<void> | undefined
  let ended = () => {}
  const finished = new Promise<void>((resolve) => {
    ended = resolve
  })
  const stop = (say: Steps, machines = false): Promise<void> => {
    stopping ??= cloud.stop(say, { machines }).finally(ended)
    return stopping
  }
  // The first signal stops in order, the second one at once.
  const onSignal = () => void (stopping ? cloud.group.stop({ atOnce: true }) : stop(steps))
  for (const signal of signals) process.on(signal, onSignal)

  const started = deferred()
  let heard = false
  const server = await serveControl(config, {
    status: async () => report(cloud),
    follow: async (say) => {
      heard = true
      const quiet = steps.listen(say)
      await started.promise.finally(quiet)
    },
    down: async ({ machines }, say) => {
      const own = new Steps()
      own.listen(say)
      await stop(own, machines)
    },
    restart: async (name) => {
      const found = cloud.group.find(name)
      if (!found)
        throw new Failure(`There is no process ${name}.`, {
          remedy: `They are: ${cloud.group.processes.map(({ spec }) => spec.name).join(', ')}.`,
        })
      await found.restart()
    },
    invite: async ({ name, minutes }) => JSON.stringify(await cloud.invite(name, minutes)),
    forget: (name) => cloud.forget(name),
  })
  const close = async () => {
    for (const signal of signals) process.off(signal, onSignal)
    server.closeIdleConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  try {
    await cloud.start(steps)
    started.resolve()
  } catch (error) {
    const reason = stopping ? new Failure('The start was interrupted.') : error
    await stop(new Steps()).catch(() => {})
    started.reject(reason)
    for (let waits = 0; followed && !heard && waits < 40; waits++) await sleep(50)
    await close()
    throw reason
  }
  return { file: cloud.file!, ended: finished.then(close) }
}

function deferred() {
  let resolve = () => {}
  let reject = (_reason: unknown) => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  // Nobody may be following.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

function report(cloud: Cloud): StatusReport {
  return {
    cloud: cloud.file,
    supervisorBytes: process.memoryUsage.rss(),
    processes: cloud.group.processes.map(({ spec, identity, state, since, restarts, lastCrash }) => ({
      name: spec.name,
      pid: identity?.pid ?? null,
      state,
      since: since.toISOString(),
      restarts,
      residentBytes: identity ? residentBytes(identity.pid) : null,
      lastCrash: lastCrash && { at: lastCrash.at.toISOString(), how: lastCrash.how },
    })),
  }
}
