import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })

/** What stands for a machine of its own: a network namespace with an address, and a state directory. */
export interface Machine {
  netns: string
  address: string
  home: string
  /** Runs `./nephos` there. @returns what it said on standard output @throws Error with everything it said */
  nephos: (...args: string[]) => Promise<string>
  /** Makes a port of it reachable from here. @returns the port on 127.0.0.1 */
  open: (port: number) => Promise<number>
  /** Ends what was opened, and removes its namespace and directory. */
  remove: () => void
}

/** Two machines with a cable between them, as far as one machine can be two. Needs root. */
export function makeMachines(settings: [NodeJS.ProcessEnv, NodeJS.ProcessEnv]): [Machine, Machine] {
  const id = process.pid.toString(36)
  const names = [`ne2e-${id}-a`, `ne2e-${id}-b`] as const
  for (const name of names) ip('netns', 'add', name)
  ip(
    ...['link', 'add', 'name', 'cable', 'netns', names[0], 'type', 'veth'],
    ...['peer', 'name', 'cable', 'netns', names[1]],
  )
  return names.map((name, index) => {
    const address = `10.98.76.${index + 1}`
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'cable')
    for (const device of ['lo', 'cable']) ip('-n', name, 'link', 'set', 'dev', device, 'up')
    return machine(name, address, settings[index]!)
  }) as [Machine, Machine]
}

function machine(netns: string, address: string, settings: NodeJS.ProcessEnv): Machine {
  const home = mkdtempSync(join(tmpdir(), 'nephos-machine-'))
  const env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([key]) => !/^(NEPHOS_|DATABASE_URL|NATS_URL)/.test(key)),
    ),
    ...settings,
    NEPHOS_HOME: home,
  }
  const there = ['--net', `/run/netns/${netns}`].join('=')
  const doors: Server[] = []
  return {
    netns,
    address,
    home,
    nephos: (...args) => run('nsenter', [there, join(root, 'nephos'), ...args], env),
    open: async (port) => {
      const door = createServer((socket) => {
        const other = spawn('nsenter', [there, process.execPath, '-e', relay, address, String(port)], {
          stdio: ['pipe', 'pipe', 'inherit'],
        })
        socket.pipe(other.stdin)
        other.stdout.pipe(socket)
        for (const stream of [socket, other.stdin, other.stdout]) stream.on('error', () => socket.destroy())
        socket.on('close', () => other.kill())
      })
      doors.push(door)
      await new Promise<void>((done) => door.listen(0, '127.0.0.1', done))
      return (door.address() as { port: number }).port
    },
    remove: () => {
      for (const door of doors) door.close()
      ip('netns', 'del', netns)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** One connection from inside the namespace, over standard input and output. */
const relay = `
const socket = require('node:net').connect(Number(process.argv[2]), process.argv[1])
process.stdin.pipe(socket).pipe(process.stdout)
socket.on('error', () => process.exit(1)).on('close', () => process.exit())
`

function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', all: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text
      said.all += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.all += text
    })
    child.once('error', fail)
    child.once('close', (code) =>
      code === 0
        ? done(said.stdout)
        : fail(new Error(`./nephos ${args.slice(2).join(' ')} ended with ${code}:\n${said.all}`)),
    )
  })
}

/** Pid of a process of the cloud, or of a host, whose state lies in `home`. */
export function pidThere(home: string, name: string): number | undefined {
  const { processes } = JSON.parse(readFileSync(join(home, 'run/cloud.json'), 'utf8')) as {
    processes: { name: string; pid: number }[]
  }
  return processes.find((process) => process.name === name)?.pid
}

/** Names of the network namespaces of this machine. */
export const namespaces = (): string[] =>
  execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ')[0]!)
