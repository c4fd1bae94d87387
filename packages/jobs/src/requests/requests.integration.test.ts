import { newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestWorld, type TestWorld, until } from '../testing/world.ts'
import { RemoteError } from './remote-error.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.stop())

const failure = async (promise: Promise<unknown>): Promise<RemoteError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RemoteError)
  return error as RemoteError
}

describe('requests', () => {
  it('are answered by the worker of their host', async () => {
    const worker = world.open('worker', { host: 'a.example' })
    worker.serve({
      role: 'compute',
      host: 'a.example',
      handlers: {
        'console.read': async ({ instanceId, offset }, { requestId }) => ({
          offset,
          size: 3,
          text: `${instanceId} ${requestId}`,
        }),
      },
    })
    const api = world.open('api')
    await Promise.all([worker.bus.ready(), api.bus.ready()])
    const instanceId = newId()
    const input = { instanceId, offset: 7, limit: 10 }
    await until(() =>
      api.ask('a.example', 'console.read', input).then(
        () => true,
        () => false,
      ),
    )
    expect(await api.ask('a.example', 'console.read', input, { requestId: 'req-1' })).toEqual({
      offset: 7,
      size: 3,
      text: `${instanceId} req-1`,
    })
  })

  it('keep code, sentence, remedy and detail of what the worker refused, and nothing of a defect', async () => {
    const worker = world.open('worker', { host: 'b' })
    let error: Error = new Error('stack and secrets')
    worker.serve({
      role: 'compute',
      host: 'b',
      handlers: { 'console.read': () => Promise.reject(error) },
    })
    const api = world.open('api')
    await Promise.all([worker.bus.ready(), api.bus.ready()])
    const ask = () => failure(api.ask('b', 'console.read', { instanceId: newId(), offset: 0, limit: 1 }))
    await until(async () => (await ask()).code === 'internal')
    expect((await ask()).message).not.toContain('secrets')
    error = Object.assign(new Error('The log is gone.'), {
      code: 'not_found',
      remedy: 'Start the instance.',
      detail: { path: 'console.log' },
    })
    expect(await ask()).toMatchObject({
      code: 'not_found',
      message: 'The log is gone.',
      remedy: 'Start the instance.',
      detail: { path: 'console.log' },
    })
    expect(await failure(api.ask('b', 'console.follow', { instanceId: newId(), offset: 0 }))).toMatchObject({
      code: 'unsupported',
    })
  })

  it('check what is sent on both sides', async () => {
    const worker = world.open('worker', { host: 'c' })
    worker.serve({
      role: 'compute',
      host: 'c',
      handlers: { 'console.read': async () => ({ offset: 'zero' }) as never },
    })
    const api = world.open('api')
    await Promise.all([worker.bus.ready(), api.bus.ready()])
    const good = { instanceId: newId(), offset: 0, limit: 1 }
    await expect(api.ask('c', 'console.read', { ...good, instanceId: '../etc' })).rejects.toThrow(
      /instanceId/,
    )
    await until(async () => (await failure(api.ask('c', 'console.read', good))).code === 'internal')
    const { nc } = await api.bus.ready()
    const reply = await nc.request('ask.compute.c.console.read', JSON.stringify({ instanceId: 1 }))
    expect(reply.json()).toMatchObject({ error: { code: 'invalid_input' } })
  })

  it('are unavailable when nobody serves, when nobody answers in time, and when NATS is down', async () => {
    const api = world.open('api')
    const { nc } = await api.bus.ready()
    const input = { instanceId: newId(), offset: 0, limit: 1 }
    expect(await failure(api.ask('nobody', 'console.read', input))).toMatchObject({
      code: 'unavailable',
      message: 'The compute worker of host nobody is not running.',
    })
    nc.subscribe('ask.compute.deaf.console.read', { callback: () => {} })
    expect(await failure(api.ask('deaf', 'console.read', input))).toMatchObject({
      code: 'unavailable',
      message: 'The compute worker of host deaf did not answer within 3 seconds.',
    })
    await world.nats.kill()
    await until(() => api.status().state === 'down')
    expect(await failure(api.ask('nobody', 'console.read', input))).toMatchObject({ code: 'unavailable' })
  })
})
