import { newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeHost,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '../../testing/index.ts'
import { computeVerbs } from '../index.ts'

const { aggregates, zones } = computeVerbs
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { systemRole: 'admin' })
})
afterAll(() => cloud.close())

const make = (fields: { zone?: string; metadata?: Record<string, string> } = {}) =>
  aggregates.create({ ctx: admin, input: { name: uniqueName('aggregate'), ...fields } })
const add = (id: string, hostId: string) => aggregates.addHost({ ctx: admin, input: { id, hostId } })
const remove = (id: string, hostId: string) => aggregates.removeHost({ ctx: admin, input: { id, hostId } })
const zoneOf = async (id: string) => (await cloud.db.host.findUniqueOrThrow({ where: { id } })).zone
/** A host with an instance on it, as far as its zone is concerned. */
const makeUsedHost = () => makeHost(cloud, { instanceCount: 1 })

describe('an aggregate', () => {
  test('is made, found, renamed, described and deleted; every change is announced and audited', async () => {
    const from = cloud.kicked.length
    const { id, name } = await make({ metadata: { ssd: 'true' } })
    const host = await makeHost(cloud)
    await add(id, host.id)
    expect(await aggregates.show({ ctx: admin, input: { id } })).toMatchObject({
      name,
      zone: null,
      metadata: { ssd: 'true' },
      hostNames: [host.name],
    })
    expect(
      (await aggregates.list({ ctx: admin, input: { search: name.toUpperCase() } })).items,
    ).toMatchObject([{ id, hostIds: [host.id] }])
    const renamed = uniqueName('renamed')
    expect(await aggregates.update({ ctx: admin, input: { id, name: renamed } })).toMatchObject({
      name: renamed,
      metadata: { ssd: 'true' },
    })
    // The new items take the place of all old ones.
    expect(
      await aggregates.setMetadata({ ctx: admin, input: { id, metadata: { gpu: 'none' } } }),
    ).toMatchObject({ metadata: { gpu: 'none' } })
    await expect(aggregates.delete({ ctx: admin, input: { id } })).rejects.toMatchObject({
      code: 'conflict',
      message: `The aggregate ${renamed} still has hosts: ${host.name}.`,
    })
    await remove(id, host.id)
    await aggregates.delete({ ctx: admin, input: { id } })
    await expect(aggregates.show({ ctx: admin, input: { id } })).rejects.toMatchObject({ code: 'not_found' })
    const announced = eventsIn(cloud.kicked.slice(from)).filter(({ noun }) => noun === 'aggregate')
    expect(announced.map(({ change }) => change)).toEqual([
      'created',
      'updated',
      'updated',
      'updated',
      'updated',
      'deleted',
    ])
    expect(announced.every(({ audience }) => audience.kind === 'admin')).toBe(true)
    expect(announced[1]?.data).toMatchObject({ hostIds: [host.id] })
    const audits = await cloud.db.audit.findMany({ where: { resourceId: id }, orderBy: { id: 'asc' } })
    expect(audits.map(({ verb }) => verb.split('.').at(-1))).toEqual([
      'create',
      'addHost',
      'update',
      'setMetadata',
      'removeHost',
      'delete',
    ])
  })

  test('has a name of its own', async () => {
    const [one, other] = [await make(), await make()]
    const refusal = { code: 'conflict', field: 'name' }
    await expect(aggregates.create({ ctx: admin, input: { name: one.name } })).rejects.toMatchObject(refusal)
    await expect(
      aggregates.update({ ctx: admin, input: { id: other.id, name: one.name } }),
    ).rejects.toMatchObject(refusal)
  })

  test.each([
    [{ availability_zone: 'a' }, 'Set the zone of the aggregate instead.'],
    [{ 'a key': 'b' }, 'A key has letters, digits and the signs - _ . : only, at most 255.'],
    [{ key: 'x'.repeat(256) }, 'A value has at most 255 characters.'],
  ])('does not take the metadata %o', async (metadata, message) => {
    await expect(make({ metadata })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(message),
    })
  })

  test('has a host once, however many ask for it at once', async () => {
    const [{ id }, host] = [await make(), await makeHost(cloud)]
    const answers = await Promise.allSettled([add(id, host.id), add(id, host.id), add(id, host.id)])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'conflict' })
    await expect(add(id, newId())).rejects.toMatchObject({ code: 'not_found' })
    await remove(id, host.id)
    await expect(remove(id, host.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a zone', () => {
  test('has the hosts of its aggregate, which go home when they leave it', async () => {
    const host = await makeHost(cloud)
    const zone = uniqueName('zone')
    const from = cloud.kicked.length
    const { id } = await make({ zone })
    await add(id, host.id)
    expect(await zoneOf(host.id)).toBe(zone)
    expect(eventsIn(cloud.kicked.slice(from)).find(({ noun }) => noun === 'host')?.data).toMatchObject({
      id: host.id,
      zone,
    })
    const moved = uniqueName('zone')
    await aggregates.update({ ctx: admin, input: { id, zone: moved } })
    expect(await zoneOf(host.id)).toBe(moved)
    await aggregates.update({ ctx: admin, input: { id, zone: null } })
    expect(await zoneOf(host.id)).toBe('nova')
    await aggregates.update({ ctx: admin, input: { id, zone } })
    await remove(id, host.id)
    expect(await zoneOf(host.id)).toBe('nova')
  })

  test('is only one for a host', async () => {
    const host = await makeHost(cloud)
    const [first, second, plain] = [
      await make({ zone: uniqueName('zone') }),
      await make({ zone: uniqueName('zone') }),
      await make(),
    ]
    await add(first.id, host.id)
    await add(plain.id, host.id)
    const refusal = {
      code: 'conflict',
      message: `The host ${host.name} is in the zone ${first.zone} by the aggregate ${first.name}.`,
    }
    await expect(add(second.id, host.id)).rejects.toMatchObject(refusal)
    await expect(
      aggregates.update({ ctx: admin, input: { id: plain.id, zone: uniqueName('zone') } }),
    ).rejects.toMatchObject(refusal)
    expect(await zoneOf(host.id)).toBe(first.zone)
  })

  test('is only one for a host that two aggregates take at once', async () => {
    const host = await makeHost(cloud)
    const rivals = await Promise.all([1, 2, 3].map(() => make({ zone: uniqueName('zone') })))
    const answers = await Promise.allSettled(rivals.map(({ id }) => add(id, host.id)))
    const winners = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    expect(winners).toHaveLength(1)
    expect(await zoneOf(host.id)).toBe(winners[0]!.zone)
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'conflict' })
  })

  test('does not change under instances', async () => {
    const host = await makeUsedHost()
    const { id } = await make({ zone: uniqueName('zone') })
    await expect(add(id, host.id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`The host ${host.name} has instances`),
    })
    expect((await aggregates.show({ ctx: admin, input: { id } })).hostIds).toEqual([])
    const plain = await make()
    await add(plain.id, host.id)
    await expect(
      aggregates.update({ ctx: admin, input: { id: plain.id, zone: uniqueName('zone') } }),
    ).rejects.toMatchObject({ code: 'conflict' })
    // The zone it has already is none that it would have to move to.
    await aggregates.update({ ctx: admin, input: { id: plain.id, zone: 'nova' } })
    await remove(plain.id, host.id)
  })

  test('is listed with its hosts for administrators, and without them for everyone else', async () => {
    const [up, off] = [await makeHost(cloud), await makeHost(cloud, { enabled: false })]
    const zone = uniqueName('zone')
    const { id } = await make({ zone })
    await add(id, up.id)
    await add(id, off.id)
    const of = async (ctx: Ctx) => (await zones.list({ ctx, input: {} })).find(({ name }) => name === zone)
    expect(await of(admin)).toEqual({ name: zone, available: true, hosts: [up.name, off.name].sort() })
    const { ctx } = await makeTenant(cloud)
    expect(await of(ctx)).toEqual({ name: zone, available: true, hosts: null })
    await remove(id, up.id)
    expect(await of(ctx)).toEqual({ name: zone, available: false, hosts: null })
  })
})
