import { AckPolicy } from '@nats-io/jetstream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobSubject } from '../catalogue/jobs.ts'
import { askOver } from '../requests/ask.ts'
import { serveRequests } from '../requests/serve.ts'
import { startTestNats, type TestNats } from '../testing/nats.ts'
import { type Bus, connect, type Link } from './connect.ts'
import { facePermissions, hostPermissions, type NatsUser } from './permissions.ts'
import { streams } from './streams.ts'

const log = pino({ level: 'silent' })
const hostUser = (host: string): NatsUser => ({
  user: `host-${host}`,
  password: `secret-${host}`,
  permissions: hostPermissions(host, `host-${host}`),
})
const control: NatsUser = { user: 'control', password: 'secret-control' }
const web: NatsUser = { user: 'web', password: 'secret-web', permissions: facePermissions('web') }
const users = [control, web, hostUser('host1'), hostUser('host2')]

let nats: TestNats
const buses: Bus[] = []
const links: Record<string, Link> = {}
async function open({ user, password }: NatsUser): Promise<Link> {
  const bus = connect(nats.url.replace('//', `//${user}:${password}@`), { name: user, log })
  buses.push(bus)
  links[user] = await bus.ready(AbortSignal.timeout(5_000))
  return links[user]
}
const busOf = (user: string) => buses.find(({ name }) => name === user)!

beforeAll(async () => {
  nats = await startTestNats(users)
  for (const user of users) await open(user)
})
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()))
  await nats?.stop()
})

/** True when the server lets this be stored in a stream. */
const stores = ({ js }: Link, subject: string) =>
  js.publish(subject, '{}', { timeout: 2_000 }).then(
    () => true,
    () => false,
  )
const intake = ({ jsm }: Link, durable: string, filter: string) =>
  jsm.consumers
    .add(streams.jobs.name, {
      durable_name: durable,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
    })
    .then(
      () => true,
      () => false,
    )
const refused = (work: Promise<unknown>) => expect(work).rejects.toThrow(/permission/i)

describe('a host', () => {
  test('takes its own jobs, and cannot reach those of another one by any way', async () => {
    const [own, other] = ['host1', 'host2'].map((host) => jobSubject('instance.start', host)) as [
      string,
      string,
    ]
    expect(await stores(links.control!, own)).toBe(true)
    expect(await stores(links.control!, other)).toBe(true)
    const host = links['host-host1']!
    expect(await intake(host, 'compute-host1', 'job.compute.host1.>')).toBe(true)
    const consumer = await host.js.consumers.get(streams.jobs.name, 'compute-host1')
    const message = await consumer.next({ expires: 2_000 })
    expect(message?.subject).toBe(own)
    expect(await message?.ackAck()).toBe(true)

    expect(await intake(host, 'compute-host1', 'job.compute.host2.>')).toBe(false)
    expect(await intake(host, 'compute-host1', 'job.>')).toBe(false)
    expect(await intake(host, 'spy', 'job.compute.host1.>')).toBe(false)
    expect(await intake(links['host-host2']!, 'compute-host2', 'job.compute.host2.>')).toBe(true)
    await refused(host.js.consumers.get(streams.jobs.name, 'compute-host2'))
    await refused(host.jsm.streams.getMessage(streams.jobs.name, { last_by_subj: other }))
    await refused(host.jsm.direct.getMessage(streams.jobs.name, { last_by_subj: other }))
    await refused(
      host.nc.request(`$JS.API.CONSUMER.MSG.NEXT.${streams.jobs.name}.compute-host2`, '{"batch":1}', {
        timeout: 1_000,
      }),
    )
    // The message is still there for whom it is meant.
    const theirs = await links['host-host2']!.js.consumers.get(streams.jobs.name, 'compute-host2')
    expect((await theirs.next({ expires: 2_000 }))?.subject).toBe(other)
  })

  test('makes work for itself and the scheduler only, and events about what it runs', async () => {
    const host = links['host-host1']!
    expect(await stores(host, jobSubject('instance.schedule'))).toBe(true)
    expect(await stores(host, jobSubject('instance.stop', 'host1'))).toBe(true)
    expect(await stores(host, jobSubject('instance.stop', 'host2'))).toBe(false)
    expect(await stores(host, 'event.project.p1.instance.updated')).toBe(true)
    expect(await stores(host, 'event.admin._.host.updated')).toBe(true)
    expect(await stores(host, 'event.everyone._.user.updated')).toBe(false)
  })

  test('answers its own questions and nobody else’s, and nobody’s answers can be overheard', async () => {
    const input = { instanceId: '0197c0de-0000-7000-8000-000000000001', offset: 0, limit: 10 }
    const answers = serveRequests(busOf('host-host1'), log, {
      role: 'compute',
      host: 'host1',
      handlers: { 'console.read': async () => ({ offset: 0, size: 5, text: 'hello' }) },
    })
    await links['host-host1']!.nc.flush()
    const ask = askOver(busOf('web'))
    await expect
      .poll(() => ask('host1', 'console.read', input).catch(() => null))
      .toMatchObject({ text: 'hello' })

    const spy = links['host-host2']!.nc
    for (const subject of ['ask.compute.host1.>', '_INBOX_web.>', '_INBOX.>', 'job.>', 'event.>', '>']) {
      const heard: unknown[] = []
      spy.subscribe(subject, { callback: (error) => void heard.push(error ?? 'a message') })
      await spy.flush().catch(() => undefined)
      await ask('host1', 'console.read', input)
      await expect
        .poll(() => heard.map(String), { timeout: 2_000 })
        .toEqual([expect.stringMatching(/permission/i)])
    }
    // It cannot put words into the other one's mouth either.
    await refused(spy.request('ask.compute.host1.console.read', '{}', { timeout: 1_000 }))
    await answers.stop()
  })

  test('asks another one for its part in a move and to look where ports are, and for nothing else', async () => {
    const part = { done: true, message: null, doneBytes: null, totalBytes: null, result: 'a door' }
    const answers = serveRequests(busOf('host-host2'), log, {
      role: 'compute',
      host: 'host2',
      handlers: { 'migration.work': async () => part },
    })
    await links['host-host2']!.nc.flush()
    const migrationId = '0197c0de-0000-7000-8000-000000000002'
    const ask = askOver(busOf('host-host1'))
    await expect
      .poll(() => ask('host2', 'migration.work', { migrationId, part: 'prepare', input: null }).catch(String))
      .toEqual(part)
    const looks = serveRequests(busOf('host-host2'), log, {
      role: 'network',
      host: 'host2',
      handlers: { 'network.meet': async () => ({}) },
    })
    await links['host-host2']!.nc.flush()
    await expect
      .poll(() => ask('host2', 'network.meet', { networkIds: [migrationId] }).catch(String))
      .toEqual({})
    await looks.stop()
    const { nc } = links['host-host1']!
    for (const subject of ['ask.compute.host2.guest.set-password', 'ask.network.host2.network.unwire'])
      await refused(nc.request(subject, '{}', { timeout: 1_000 }))
    await answers.stop()
  })

  test('asks to be let in to a volume as itself only', async () => {
    const answers = serveRequests(busOf('host-host2'), log, {
      role: 'volume',
      host: 'host2',
      handlers: {
        'volume.disconnect': async (_input, { asker }) => {
          throw Object.assign(new Error(`asked by ${asker}`), { code: 'forbidden' })
        },
      },
    })
    await links['host-host2']!.nc.flush()
    const id = '0197c0de-0000-7000-8000-000000000003'
    const connector = { hostName: 'host1', ip: null, initiator: 'iqn.test', instanceId: id }
    const input = { attachmentId: id, volumeId: id, connector }
    const asked = (own: string) =>
      askOver(busOf('host-host1'), own)('host2', 'volume.disconnect', input).catch(String)
    await expect.poll(() => asked('host1')).toContain('asked by host1')
    const { nc } = links['host-host1']!
    const subject = 'ask.volume.host2.volume.disconnect'
    for (const other of [`${subject}.by.host2`, subject, `${subject}.by.`])
      await refused(nc.request(other, JSON.stringify(input), { timeout: 1_000 }))
    await expect(askOver(busOf('web'))('host2', 'volume.disconnect', input)).rejects.toThrow('of a host only')
    const nameless = await links.web!.nc.request(subject, JSON.stringify(input), { timeout: 2_000 })
    expect(nameless.json()).toMatchObject({ error: { code: 'forbidden' } })
    await answers.stop()
  })

  test('cannot change, empty or remove a stream', async () => {
    const { jsm } = links['host-host1']!
    await refused(jsm.streams.purge(streams.jobs.name))
    await refused(jsm.streams.delete(streams.events.name))
    await refused(jsm.consumers.delete(streams.jobs.name, 'compute-host2'))
    await refused(jsm.streams.add({ name: 'MINE', subjects: ['mine.>'] }))
  })
})

test('the dashboard makes work and follows events, but takes no jobs and answers for no host', async () => {
  const face = links.web!
  expect(await stores(face, jobSubject('instance.start', 'host1'))).toBe(true)
  expect(await stores(face, 'event.everyone._.flavor.created')).toBe(true)
  const feed = await face.js.consumers.get(streams.events.name)
  expect(await feed.next({ expires: 2_000 })).not.toBeNull()
  expect(await intake(face, 'compute-host1', 'job.compute.host1.>')).toBe(false)
  await refused(face.jsm.streams.purge(streams.jobs.name))
})

test('a host that joins is let in without a restart, nobody is dropped, and one that leaves is', async () => {
  const reconnects: string[] = []
  for (const bus of buses) bus.onStatus(({ state }) => reconnects.push(`${bus.name} ${state}`))
  await nats.allow([...users, hostUser('host3')])
  await expect.poll(() => open(hostUser('host3')).then(() => true)).toBe(true)
  expect(reconnects).toEqual([])
  await nats.allow(users)
  await expect.poll(() => busOf('host-host3').status().state).toBe('down')
  expect(reconnects).toEqual([])
})
