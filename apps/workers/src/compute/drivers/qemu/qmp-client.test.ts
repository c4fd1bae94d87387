import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { QmpClient, type QmpEvent } from './qmp-client.ts'

const greeting = '{"QMP":{"version":{"qemu":{"major":7}},"capabilities":[]}}\r\n'
let dir: string
let server: Server
let sockets: Socket[]
let answer: (socket: Socket, command: { execute: string; id: number }) => void

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-qmp-'))
  sockets = []
  answer = (socket, { id }) => socket.write(`{"return":{},"id":${id}}\r\n`)
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
  rmSync(dir, { recursive: true })
})

async function serve(greet = greeting, path = join(dir, 'qmp.sock')): Promise<string> {
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.write(greet)
    socket.on('data', (data) => {
      for (const line of data.toString().trim().split('\n')) answer(socket, JSON.parse(line))
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return path
}
const quiet = { onEvent: () => {}, onClose: () => {} }

it('greets, negotiates and runs commands', async () => {
  const path = await serve()
  const asked: string[] = []
  answer = (socket, { execute, id }) => {
    asked.push(execute)
    socket.write(`{"return":{"status":"running"},"id":${id}}\n`)
  }
  const client = await QmpClient.connect(path, quiet)
  expect(await client.execute('query-status')).toEqual({ status: 'running' })
  expect(asked).toEqual(['qmp_capabilities', 'query-status'])
  client.close()
})

it('matches answers by id and tells events apart', async () => {
  const path = await serve()
  const events: QmpEvent[] = []
  const client = await QmpClient.connect(path, { ...quiet, onEvent: (event) => events.push(event) })
  const asked: { execute: string; id: number }[] = []
  answer = (socket, command) => {
    asked.push(command)
    if (asked.length < 2) return
    socket.write('{"timestamp":{"seconds":1,"microseconds":2},"event":"STOP"}\r\n')
    for (const { execute, id } of asked.reverse()) socket.write(`{"return":"${execute}","id":${id}}\r\n`)
    socket.write('{"event":"SHUTDOWN","data":{"guest":true,"reason":"guest-shutdown"}}\r\n')
  }
  expect(await Promise.all([client.execute('first'), client.execute('second')])).toEqual(['first', 'second'])
  await expect
    .poll(() => events)
    .toMatchObject([
      { event: 'STOP', data: {} },
      { event: 'SHUTDOWN', data: { guest: true } },
    ])
  client.close()
})

it('gives QEMU’s own words when it refuses', async () => {
  const path = await serve()
  const client = await QmpClient.connect(path, quiet)
  answer = (socket, { id }) =>
    socket.write(`{"error":{"class":"GenericError","desc":"no such thing"},"id":${id}}\n`)
  await expect(client.execute('device_del')).rejects.toMatchObject({
    code: 'driver_failed',
    message: 'QEMU refused device_del: no such thing',
  })
  client.close()
})

it('does not wait for ever for an answer or a greeting', async () => {
  const path = await serve()
  const client = await QmpClient.connect(path, quiet)
  answer = () => {}
  await expect(client.execute('stop', {}, 30)).rejects.toThrow('QEMU did not answer stop in 30 ms')
  client.close()
  server.close()
  const mute = await serve('', join(dir, 'mute.sock'))
  await expect(QmpClient.connect(mute, quiet, 30)).rejects.toThrow('QEMU did not greet in 30 ms')
})

it('reports the end of the connection and fails what is under way', async () => {
  const path = await serve()
  let closed = 0
  const client = await QmpClient.connect(path, { ...quiet, onClose: () => closed++ })
  answer = (socket) => socket.destroy()
  await expect(client.execute('quit')).rejects.toThrow('QEMU ended before it answered quit')
  expect(closed).toBe(1)
  expect(client.closed).toBe(true)
  await expect(client.execute('stop')).rejects.toThrow('QEMU ended')
})

it('gives up a connection that does not speak QMP', async () => {
  const path = await serve('SSH-2.0-dropbear\r\n')
  await expect(QmpClient.connect(path, quiet)).rejects.toMatchObject({ code: 'driver_failed' })
})

it('reaches a socket whose path is longer than an address', async () => {
  const path = await serve()
  const { renameSync, mkdirSync } = await import('node:fs')
  const deep = join(dir, 'd'.repeat(120))
  mkdirSync(deep)
  renameSync(path, join(deep, 'qmp.sock'))
  const client = await QmpClient.connect(join(deep, 'qmp.sock'), quiet)
  expect(await client.execute('query-name')).toEqual({})
  client.close()
})
