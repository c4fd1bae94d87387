import { type ChildProcess, spawn } from 'node:child_process'
import type { FakeGuest } from './fake-guest.ts'

/** A program of a guest that goes on until it is ended. */
export interface Talk {
  /** Says one word. @returns whether the answer came within some seconds */
  says: () => Promise<boolean>
  /** Words heard without having been asked for. */
  heard: () => number
  end: () => void
}

const serverScript = `
const [protocol, port, every] = process.argv.slice(1)
const ready = () => console.log('ready')
if (protocol === 'tcp')
  require('node:net').createServer((socket) => {
    socket.on('error', () => {}).on('data', (data) => socket.write(data))
    if (+every) setInterval(() => socket.write('!'), +every)
  }).listen(+port, ready)
else {
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (data, from) => socket.send(data, from.port, from.address)).bind(+port, ready)
}
`
const clientScript = `
const [protocol, host, port] = process.argv.slice(1)
const heard = (data) => process.stdout.write(data)
if (protocol === 'tcp') {
  const socket = require('node:net').connect({ host, port: +port }, () => console.log('ready'))
  socket.on('data', heard).on('error', () => process.exit(1))
  process.stdin.on('data', (data) => socket.write(data))
} else {
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', heard).bind(() => console.log('ready'))
  process.stdin.on('data', (data) => socket.send(data, +port, host))
}
`

function start({ netns }: FakeGuest, script: string, ...args: string[]): ChildProcess {
  const child = spawn(
    'nsenter',
    [`--net=/run/netns/${netns}`, '--', process.execPath, '-e', script, ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  child.stdin!.on('error', () => {})
  return child
}

const readyWithin = (child: ChildProcess, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    child.stdout!.once('data', () => {
      clearTimeout(timer)
      resolve(true)
    })
    child.once('exit', () => resolve(false))
  })

/**
 * Starts a server that answers what it is told.
 * @param every of TCP: milliseconds after which it says a word by itself, again and again
 */
export async function serve(
  guest: FakeGuest,
  protocol: 'tcp' | 'udp',
  port: number,
  every = 0,
): Promise<() => void> {
  const child = start(guest, serverScript, protocol, String(port), String(every))
  if (!(await readyWithin(child, 10_000))) throw new Error(`no server on ${protocol} ${port}`)
  return () => void child.kill('SIGKILL')
}

/** Begins to talk to a server. @returns null when it does not answer within some seconds */
export async function talk(
  guest: FakeGuest,
  protocol: 'tcp' | 'udp',
  address: string,
  port: number,
): Promise<Talk | null> {
  const child = start(guest, clientScript, protocol, address, String(port))
  if (!(await readyWithin(child, 9_000))) {
    child.kill('SIGKILL')
    return null
  }
  let words = 0
  let waiting: (() => void) | undefined
  child.stdout!.on('data', (data: Buffer) => {
    for (const byte of data)
      if (byte === 33) words += 1
      else waiting?.()
  })
  return {
    says: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), 2_000)
        waiting = () => {
          clearTimeout(timer)
          resolve(true)
        }
        child.stdin!.write('?')
      }),
    heard: () => words,
    end: () => void child.kill('SIGKILL'),
  }
}

/** True when a TCP connection can be made within some seconds. */
export const connects = ({ exec }: FakeGuest, address: string, port: number): Promise<boolean> =>
  exec('timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`).then(
    () => true,
    () => false,
  )

/** True when an address answers a ping within some seconds. */
export const pings = ({ exec }: FakeGuest, address: string): Promise<boolean> =>
  exec('busybox', 'ping', '-c', '1', '-W', '2', address).then(
    () => true,
    () => false,
  )
