import { randomBytes } from 'node:crypto'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestNats, type TestNats } from '../testing/nats.ts'
import { until } from '../testing/world.ts'
import { type Channel, type ChannelEnd, type ChannelOptions, channelLost, openChannel } from './channel.ts'

let nats: TestNats
let ends: Awaited<ReturnType<typeof connect>>[]
beforeAll(async () => {
  nats = await startTestNats()
  ends = [await connect({ servers: nats.url }), await connect({ servers: nats.url })]
})
afterAll(async () => {
  await Promise.all(ends.map((nc) => nc.close()))
  await nats.stop()
})

interface TestEnd {
  channel: Channel
  received: Buffer[]
  /** What waits to be taken. */
  waiting: (() => void)[]
  drained: number
  end: ChannelEnd | undefined
}

let made = 0
/** Two ends of one channel, on two connections. `slow` does not take what it gets. */
async function pair(options: Partial<ChannelOptions> = {}, slow = false): Promise<[TestEnd, TestEnd]> {
  const id = made++
  const make = (index: number): TestEnd => {
    const end: TestEnd = { received: [], waiting: [], drained: 0, end: undefined } as never
    end.channel = openChannel({
      nc: ends[index]!,
      send: `t.${id}.${index}`,
      receive: `t.${id}.${1 - index}`,
      onData: (bytes, taken) => {
        end.received.push(Buffer.from(bytes))
        if (slow && index === 1) end.waiting.push(taken)
        else taken()
      },
      onDrain: () => end.drained++,
      onEnd: (reason) => {
        end.end = reason
      },
      ...options,
    })
    return end
  }
  const both: [TestEnd, TestEnd] = [make(0), make(1)]
  // Both subscriptions are known to the server.
  await Promise.all(ends.map((nc) => nc.flush()))
  return both
}
const got = ({ received }: TestEnd) => Buffer.concat(received)

it('carries bytes both ways, whole and in order', async () => {
  const [a, b] = await pair()
  const bytes = randomBytes(1_000_000)
  let at = 0
  const send = async () => {
    while (at < bytes.length) {
      const part = bytes.subarray(at, at + 100_000)
      at += part.length
      const drained = a.drained
      if (!a.channel.write(part)) await until(async () => a.drained > drained)
    }
  }
  await send()
  b.channel.write(Buffer.from('hello'))
  await until(async () => got(b).length === bytes.length)
  expect(got(b).equals(bytes)).toBe(true)
  await until(async () => got(a).toString() === 'hello')
  a.channel.close({ code: 1000, reason: 'done' })
  await until(async () => b.end !== undefined)
  expect(b.end).toEqual({ code: 1000, reason: 'done' })
})

it('has no more under way than its window while the reader takes nothing, and goes on when it does', async () => {
  const [a, b] = await pair({ windowBytes: 65_536 }, true)
  const bytes = randomBytes(200_000)
  expect(a.channel.write(bytes)).toBe(false)
  await until(async () => got(b).length >= 65_536)
  await ends[0]!.flush()
  expect(got(b).length).toBeLessThanOrEqual(65_536 + 32_768)
  expect(a.channel.pending()).toBe(200_000)
  expect(a.drained).toBe(0)
  await until(async () => {
    for (const taken of b.waiting.splice(0)) taken()
    return got(b).length === bytes.length && a.drained > 0
  })
  expect(got(b).equals(bytes)).toBe(true)
})

it('cuts a writer that does not wait for room', async () => {
  const [a] = await pair({ windowBytes: 16_384 }, true)
  for (let index = 0; index < 10 && !a.end; index++) a.channel.write(randomBytes(32_768))
  expect(a.end).toMatchObject({ code: 4413 })
})

it('ends when a message between was lost, rather than leave a gap', async () => {
  const [a, b] = await pair()
  a.channel.write(Buffer.from('one'))
  await until(async () => got(b).length === 3)
  // The frame after the next one: kind 1, number 2.
  ends[0]!.publish(`t.${made - 1}.0`, Buffer.from([1, 0, 0, 0, 2, 65]))
  await until(async () => b.end !== undefined)
  expect(b.end?.code).toBe(channelLost)
  expect(got(b).toString()).toBe('one')
  await until(async () => a.end?.code === channelLost)
})

it('ends when the other end is silent', async () => {
  const [a, b] = await pair({ silenceMs: 600 })
  let end: ChannelEnd | undefined
  openChannel({
    nc: ends[0]!,
    send: 't.nobody.0',
    receive: 't.nobody.1',
    onData: () => undefined,
    onDrain: () => undefined,
    onEnd: (why) => {
      end = why
    },
    silenceMs: 600,
  })
  await until(async () => end !== undefined)
  expect(end?.code).toBe(channelLost)
  // Two that hear each other live longer than that.
  expect([a.end, b.end]).toEqual([undefined, undefined])
  a.channel.close({ code: 1000, reason: '' })
})
