import { expect } from 'vitest'
import type { FakeGuest } from './fake-guest.ts'

/** Takes what comes for a while, after the first burst, and prints the bytes per second. */
const receiver = `
const { createServer } = require('node:net')
createServer((socket) => {
  let bytes = 0, counting = false, began
  socket.on('data', (data) => { if (counting) bytes += data.length })
  socket.on('error', () => {})
  setTimeout(() => { counting = true; began = performance.now() }, 1000)
  setTimeout(() => {
    console.log(Math.round(bytes / ((performance.now() - began) / 1000)))
    process.exit(0)
  }, 3500)
}).listen(9000)
`
const sender = `
const socket = require('node:net').connect(9000, process.argv[1])
const block = Buffer.alloc(65536)
const push = () => { while (socket.write(block)); }
socket.on('connect', push).on('drain', push).on('error', () => process.exit(0))
setTimeout(() => process.exit(0), 8000)
`

/** Bytes per second that one guest sends to another one over TCP, after a second. */
export async function measure(from: FakeGuest, to: FakeGuest, address: string): Promise<number> {
  const received = to.exec(process.execPath, '-e', receiver)
  await expect
    .poll(async () => (await to.exec('ss', '-Hltn', 'sport', '=', ':9000')) !== '', { timeout: 10_000 })
    .toBe(true)
  await from.exec(process.execPath, '-e', sender, address).catch(() => '')
  return Number(await received)
}
