import { newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CloudEvent } from '../catalogue/events.ts'
import { startTestWorld, type TestWorld, until } from '../testing/world.ts'
import { type HubMessage, openHub } from './hub.ts'
import { visibleTo } from './visible.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.stop())

const event = (projectId: string, data: unknown = {}): CloudEvent => ({
  noun: 'instance',
  change: 'updated',
  id: newId(),
  audience: { kind: 'project', projectId },
  at: new Date().toISOString(),
  data,
})
const everything = () => true
const collect = () => {
  const messages: HubMessage[] = []
  return {
    messages,
    listen: (message: HubMessage) => void messages.push(message),
    ids: () => messages.map((message) => (message.type === 'event' ? message.event.id : message.type)),
  }
}
const live = async (name: string) => {
  const queue = world.open(name)
  const hub = queue.hub()
  await until(() => hub.status().live)
  return { queue, hub }
}

describe('the event hub', () => {
  it('passes to each subscriber what it may see, in order', async () => {
    const { queue, hub } = await live('fan-out')
    const mine = collect()
    const admin = collect()
    const viewer = { userId: 'u', projectId: 'mine', isAdmin: false }
    hub.subscribe(({ audience }) => visibleTo(viewer, audience), undefined, mine.listen)
    const end = hub.subscribe(everything, undefined, admin.listen)
    const sent = [event('mine'), event('theirs'), event('mine')]
    for (const one of sent) await queue.publish(one)
    await until(() => admin.messages.length === 3)
    expect(admin.ids()).toEqual(sent.map(({ id }) => id))
    expect(mine.ids()).toEqual([sent[0]!.id, sent[2]!.id])
    const [first] = admin.messages
    expect(first?.type === 'event' && JSON.parse(first.json)).toEqual({ ...sent[0], seq: first?.seq })
    end()
    expect(hub.subscribers()).toBe(1)
  })

  it('resumes from where a subscriber was, also in another process', async () => {
    const { queue, hub } = await live('resume-a')
    const before = hub.lastSeq()
    const sent = [event('p'), event('p'), event('p')]
    for (const one of sent) await queue.publish(one)
    const { hub: other } = await live('resume-b')
    await until(() => hub.lastSeq() === before + 3 && other.lastSeq() === before + 3)
    for (const resumed of [hub, other]) {
      const late = collect()
      resumed.subscribe(everything, before + 1, late.listen)
      expect(late.ids()).toEqual([sent[1]!.id, sent[2]!.id])
    }
  })

  it('says reset when what was missed is not known any more', async () => {
    const queue = world.open('small')
    const hub = openHub({ bus: queue.bus, log: queue.tools.log, keep: 5, readBack: 3 })
    await until(() => hub.status().live)
    const first = hub.lastSeq()
    for (let index = 0; index < 12; index++) await queue.publish(event('p'))
    await until(() => hub.lastSeq() >= first + 12)
    const last = hub.lastSeq()
    const [old, recent, future] = [collect(), collect(), collect()]
    hub.subscribe(everything, last - 6, old.listen)
    hub.subscribe(everything, last - 5, recent.listen)
    hub.subscribe(everything, last + 1_000, future.listen)
    expect(old.messages).toEqual([{ type: 'reset', seq: last }])
    expect(recent.messages.map(({ seq }) => seq)).toEqual([last - 4, last - 3, last - 2, last - 1, last])
    await until(() => future.messages.length === 1)
    expect(future.messages).toEqual([{ type: 'reset', seq: last }])
    await hub.close()
  })

  it('tells since when it is stale, and loses nothing over a restart of NATS', async () => {
    const { queue, hub } = await live('outage')
    const changes: boolean[] = []
    hub.onStatus(({ live: now }) => changes.push(now))
    const seen = collect()
    hub.subscribe(everything, undefined, seen.listen)
    const [before, after] = [event('p'), event('p')]
    await queue.publish(before)
    await until(() => seen.messages.length === 1)
    await world.nats.kill()
    await until(() => !hub.status().live)
    expect(Date.now() - hub.status().since.getTime()).toBeLessThan(5_000)
    await world.nats.restart()
    await until(() => hub.status().live)
    await queue.publish(after)
    await until(() => seen.messages.length === 2)
    expect(seen.ids()).toEqual([before.id, after.id])
    expect(changes).toEqual([false, true])
  })

  it('says reset to everybody when the stream was made anew', async () => {
    const { queue, hub } = await live('wiped')
    const seen = collect()
    hub.subscribe(everything, undefined, seen.listen)
    await queue.publish(event('p'))
    await until(() => seen.messages.length === 1)
    const waiting = collect()
    await world.nats.kill()
    await until(() => !hub.status().live)
    await world.nats.restart({ emptyStore: true })
    await until(() => hub.status().live)
    hub.subscribe(everything, seen.messages[0]!.seq, waiting.listen)
    await until(() => waiting.messages.length === 1)
    const fresh = event('p')
    await queue.publish(fresh)
    await until(() => seen.messages.length === 3 && waiting.messages.length === 2)
    expect(seen.ids().slice(1)).toEqual(['reset', fresh.id])
    expect(waiting.ids()).toEqual(['reset', fresh.id])
  })

  it('tells each of 50 subscribers of every event, in order', async () => {
    const { queue, hub } = await live('bench')
    const seen = Array.from({ length: 50 }, () => {
      const one = collect()
      hub.subscribe(everything, undefined, one.listen)
      return one
    })
    const events = Array.from({ length: 40 }, () => event('p', { name: 'x'.repeat(500) }))
    for (const one of events) queue.announce(one)
    await until(() => seen.every(({ messages }) => messages.length === events.length))
    for (const one of seen) expect(one.ids()).toEqual(events.map(({ id }) => id))
  })
})
