import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The part of `<home>/run/cloud.json` that tests read. */
export interface RunningCloud {
  state: string
  home: string
  hostName: string
  hosts: string[]
  webUrl: string
  apiUrl: string
  adminPasswordFile: string
  simulated: boolean
  drivers: { compute: { driver: string; accelerator?: string }; network: { driver: string } } | null
  supervisor: { pid: number }
  processes: { name: string; pid: number }[]
}

/** A cloud that a test or a benchmark has for itself. */
export interface TestCloud {
  readonly home: string
  readonly webUrl: string
  readonly apiUrl: string
  readonly adminPassword: string
  /** Read again at every call: processes are restarted. */
  info: () => RunningCloud
  /** Pid of one of its processes. @throws Error when it does not run */
  pidOf: (name: string) => number
  /** `kill -9` of one process, by the pid the cloud itself says it has. */
  kill: (name: string) => number
  /** Waits until the supervisor has started the process again. */
  restarted: (name: string, formerPid: number, timeoutMs?: number) => Promise<number>
  nephos: (...args: string[]) => Promise<string>
  /** Ends everything it started, machines too, and removes its directory. */
  destroy: () => Promise<void>
}

const root = resolve(import.meta.dirname, '../../..')

function run(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(join(root, 'nephos'), args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    child.once('error', fail)
    child.once('close', (code) =>
      code === 0
        ? done(output)
        : fail(new Error(`./nephos ${args.join(' ')} ended with ${code}:\n${output}`)),
    )
  })
}

/** The environment without the settings of any other cloud. */
const environment = (settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(NEPHOS_|DATABASE_URL|NATS_URL)/.test(key)),
  ),
  ...settings,
})

/** How many hosts, and variables of the environment. */
export interface CloudSettings {
  hosts?: number
  [variable: string]: string | number | undefined
}

/**
 * Starts a cloud of its own beside whatever else runs: own state directory, free ports.
 * `settings` adds to its environment (`NEPHOS_COMPUTE_DRIVER: 'simulated'`); `hosts` makes it a lab of that many
 * hosts, host1, host2, …, with processes `compute-host2` and `network-host2`.
 * @throws Error with the output of `./nephos up` when it does not come up
 */
export async function startCloud({ hosts = 1, ...settings }: CloudSettings = {}): Promise<TestCloud> {
  const home = mkdtempSync(join(tmpdir(), 'nephos-cloud-'))
  const env = environment({
    NEPHOS_HOME: home,
    NEPHOS_WEB_PORT: '0',
    NEPHOS_API_PORT: '0',
    NEPHOS_HOSTS: String(hosts),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value?.toString()])),
  })
  try {
    await run(['up', '--detach'], env)
  } catch (error) {
    await run(['down', '--all'], env).catch(() => undefined)
    throw error
  }
  return openCloud(home, env)
}

/** A handle to a cloud that runs already, by its state directory. @throws Error when none has been started there */
export function openCloud(home: string, env = environment({ NEPHOS_HOME: home })): TestCloud {
  const info = () => JSON.parse(readFileSync(join(home, 'run/cloud.json'), 'utf8')) as RunningCloud
  const { webUrl, apiUrl, adminPasswordFile } = info()
  const find = (name: string) => info().processes.find((candidate) => candidate.name === name)?.pid
  const pidOf = (name: string) => {
    const pid = find(name)
    if (!pid) throw new Error(`process ${name} does not run`)
    return pid
  }
  return {
    home,
    webUrl,
    apiUrl,
    adminPassword: readFileSync(adminPasswordFile, 'utf8').trim(),
    info,
    pidOf,
    kill: (name) => {
      const pid = pidOf(name)
      process.kill(pid, 'SIGKILL')
      return pid
    },
    restarted: async (name, formerPid, timeoutMs = 30_000) => {
      for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(100)) {
        const pid = find(name)
        if (pid && pid !== formerPid) return pid
      }
      throw new Error(`${name} was not started again within ${timeoutMs} ms`)
    },
    nephos: (...args) => run(args, env),
    destroy: async () => {
      await run(['reset', '--yes'], env)
      rmSync(home, { recursive: true, force: true })
    },
  }
}
