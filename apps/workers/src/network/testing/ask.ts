import { type ChildProcess, spawn } from 'node:child_process'
import type { FakeGuest } from './fake-guest.ts'

const listenScript = `
const ports = process.argv.slice(1).map(Number)
const { createServer } = require('node:net')
let waiting = ports.length
for (const port of ports)
  createServer((socket) => socket.on('error', () => {}).end()).listen(port, () => --waiting || console.log('ready'))
`

/** Lets a guest take connections on some ports of TCP. @returns how to end it */
export async function listen(
  { netns }: Pick<FakeGuest, 'netns'>,
  ports: readonly number[],
): Promise<() => void> {
  const child: ChildProcess = spawn(
    'nsenter',
    [`--net=/run/netns/${netns}`, '--', process.execPath, '-e', listenScript, ...ports.map(String)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no server in ${netns}`)), 30_000)
    child.stdout!.once('data', () => {
      clearTimeout(timer)
      resolve()
    })
    child.once('exit', () => reject(new Error(`the server in ${netns} ended`)))
  })
  return () => void child.kill('SIGKILL')
}

/**
 * Whether an address answers a guest: a connection of TCP, or a ping without a port.
 * @param wanted it ought to: it is asked again some times, so that a busy machine is not taken for a rule
 */
export async function answers(
  { exec }: Pick<FakeGuest, 'exec'>,
  address: string,
  port: number | null,
  wanted: boolean,
): Promise<boolean> {
  const seconds = wanted ? '4' : '2'
  const ask = () =>
    exec(
      ...(port === null
        ? ['busybox', 'ping', '-c', '1', '-W', seconds, address]
        : ['timeout', seconds, 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`]),
    ).then(
      () => true,
      () => false,
    )
  if (!wanted) return ask()
  for (let attempt = 0; attempt < 5; attempt++) if (await ask()) return true
  return false
}
