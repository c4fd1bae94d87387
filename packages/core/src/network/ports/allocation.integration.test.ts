import { newId, openDb } from '@nephos/db'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ctx, mutate } from '../../kernel/index.ts'
import {
  createTestCloud,
  makeInstance,
  makeNetwork,
  makeTenant,
  type TestCloud,
} from '../../testing/index.ts'
import { parseAddress } from '../addresses/ipv4.ts'
import { inRanges } from '../addresses/pick.ts'
import { spaceOf } from '../addresses/space.ts'
import { allocateInstancePorts, releaseInstancePorts } from './index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())

const pool = (start: string, end: string) => ({ start, end })
const allocate = (
  ctx: Ctx,
  projectId: string,
  ports: { instanceId: string; networkId: string; deviceIndex: number }[],
) => mutate(ctx, (tx) => allocateInstancePorts(tx, { projectId, ports }))

async function world(pools = [pool('10.0.0.2', '10.0.0.254')], cidr = '10.0.0.0/24') {
  const { project, ctx } = await makeTenant(cloud)
  const network = await makeNetwork(cloud, { projectId: project.id, subnet: { cidr, pools, name: 'main' } })
  const instances = (count: number) =>
    Promise.all(Array.from({ length: count }, () => makeInstance(cloud, { projectId: project.id })))
  const one = async () => {
    const [instance] = await instances(1)
    const [port] = await allocate(ctx, project.id, [
      { instanceId: instance!.id, networkId: network.id, deviceIndex: 0 },
    ])
    return port!
  }
  const taken = () => cloud.db.addressAllocation.findMany({ where: { networkId: network.id } })
  return { project, ctx, network, instances, one, taken }
}

describe('allocating the ports of instances', () => {
  test('a batch on two networks gets a port, a MAC and an address each', async () => {
    const { project, ctx, network, instances } = await world()
    const second = await makeNetwork(cloud, {
      projectId: project.id,
      subnet: { cidr: '10.5.0.0/24', pools: [pool('10.5.0.2', '10.5.0.254')] },
    })
    const made = await instances(20)
    const requests = made.flatMap(({ id }) => [
      { instanceId: id, networkId: network.id, deviceIndex: 0 },
      { instanceId: id, networkId: second.id, deviceIndex: 1 },
    ])
    const ports = await allocate(ctx, project.id, requests)
    expect(
      ports.map(({ instanceId, networkId, deviceIndex }) => ({ instanceId, networkId, deviceIndex })),
    ).toEqual(requests)
    expect(
      new Set(ports.map(({ networkId, fixedIps }) => `${networkId} ${fixedIps[0]!.ipAddress}`)).size,
    ).toBe(40)
    expect(new Set(ports.map(({ networkId, macAddress }) => `${networkId} ${macAddress}`)).size).toBe(40)
    for (const { networkId, fixedIps } of ports)
      expect(fixedIps[0]!.ipAddress.startsWith(networkId === network.id ? '10.0.' : '10.5.')).toBe(true)
    expect(ports[0]!.networkName).toBe(network.name)
    expect(await mutate(ctx, (tx) => releaseInstancePorts(tx, made[0]!.id))).toBe(2)
    expect(await mutate(ctx, (tx) => releaseInstancePorts(tx, made[0]!.id))).toBe(0)
    expect(await cloud.db.addressAllocation.count({ where: { networkId: second.id } })).toBe(19)
  })

  test('100 requests at once fill a pool of 100 exactly; the next one is told so', async () => {
    const { project, ctx, network, instances, taken, one } = await world([pool('10.0.0.50', '10.0.0.149')])
    const made = await instances(100)
    const results = await Promise.all(
      made.map(({ id }) =>
        allocate(ctx, project.id, [{ instanceId: id, networkId: network.id, deviceIndex: 0 }]),
      ),
    )
    const addresses = results.map(([port]) => port!.fixedIps[0]!.ipAddress)
    expect(new Set(addresses).size).toBe(100)
    expect(
      addresses.every((ip) =>
        inRanges(
          spaceOf({ ipVersion: 4, pools: [pool('10.0.0.50', '10.0.0.149')] }).ranges,
          parseAddress(ip)!,
        ),
      ),
    ).toBe(true)
    expect(await taken()).toHaveLength(100)
    await expect(one()).rejects.toMatchObject({
      code: 'conflict',
      message: 'The network has no free address. main (10.0.0.0/24): 100 of 100 are in use.',
      detail: { subnets: [{ used: 100, total: 100 }] },
    })
    expect(await cloud.db.port.count({ where: { networkId: network.id } })).toBe(100)
    await mutate(ctx, (tx) => releaseInstancePorts(tx, made[7]!.id))
    expect((await one()).fixedIps[0]!.ipAddress).toBe(addresses[7])
  })

  test('when more ask at once than there are addresses, each address goes once and the others leave nothing', async () => {
    const { project, ctx, network, instances, taken } = await world([pool('10.0.0.10', '10.0.0.29')])
    const made = await instances(60)
    const results = await Promise.allSettled(
      made.map(({ id }) =>
        allocate(ctx, project.id, [{ instanceId: id, networkId: network.id, deviceIndex: 0 }]),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
    expect(await taken()).toHaveLength(20)
    expect(await cloud.db.port.count({ where: { networkId: network.id } })).toBe(20)
  })

  test('batches at once on one nearly full subnet do not lock each other out', async () => {
    const { project, ctx, network, instances, taken } = await world([pool('10.0.0.2', '10.0.0.101')])
    const made = await instances(100)
    const batches = Array.from({ length: 10 }, (_, i) => made.slice(i * 10, i * 10 + 10))
    await Promise.all(
      batches.map((batch) =>
        allocate(
          ctx,
          project.id,
          batch.map(({ id }) => ({ instanceId: id, networkId: network.id, deviceIndex: 0 })),
        ),
      ),
    )
    expect(new Set((await taken()).map(({ ipAddress }) => ipAddress)).size).toBe(100)
  })

  test('the second subnet takes over when the first is full', async () => {
    const { project, network, one } = await world([pool('10.0.0.2', '10.0.0.2')])
    await cloud.db.subnet.create({
      data: {
        id: newId(),
        networkId: network.id,
        projectId: project.id,
        cidr: '10.7.0.0/24',
        pools: [pool('10.7.0.2', '10.7.0.2')],
        dnsServers: [],
        hostRoutes: [],
      },
    })
    expect((await one()).fixedIps[0]!.ipAddress).toBe('10.0.0.2')
    expect((await one()).fixedIps[0]!.ipAddress).toBe('10.7.0.2')
    await expect(one()).rejects.toMatchObject({ detail: { subnets: [{ used: 1 }, { used: 1 }] } })
  })

  test('the last free address of a large subnet is found', async () => {
    const { project, network, one } = await world([pool('10.0.0.2', '10.0.31.254')], '10.0.0.0/19')
    const holder = await cloud.db.port.create({
      data: { id: newId(), networkId: network.id, projectId: project.id, macAddress: 'fa:16:3e:00:00:00' },
    })
    const subnetId = network.subnets[0]!.id
    const rows = []
    for (let number = parseAddress('10.0.0.2')!; number <= parseAddress('10.0.31.254')!; number++) {
      const ipAddress = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
      if (ipAddress !== '10.0.20.7')
        rows.push({ subnetId, ipAddress, portId: holder.id, networkId: network.id })
    }
    await cloud.db.addressAllocation.createMany({ data: rows })
    expect((await one()).fixedIps[0]!.ipAddress).toBe('10.0.20.7')
    await expect(one()).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a network that cannot be used is refused', async () => {
    const { project, ctx, instances } = await world()
    const stranger = await world()
    const bare = await makeNetwork(cloud, { projectId: project.id, subnet: null })
    const leaving = await makeNetwork(cloud, { projectId: project.id, deleting: true })
    const [instance] = await instances(1)
    for (const [networkId, code] of [
      [stranger.network.id, 'not_found'],
      [newId(), 'not_found'],
      [bare.id, 'invalid_input'],
      [leaving.id, 'conflict'],
    ] as const)
      await expect(
        allocate(ctx, project.id, [{ instanceId: instance!.id, networkId, deviceIndex: 0 }]),
      ).rejects.toMatchObject({ code })
  })

  test('whatever is taken and given back at once, no address is held twice and none is lost', async () => {
    const { project, ctx, network, instances, taken } = await world([pool('10.0.0.10', '10.0.0.17')])
    const made = await instances(12)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(11), { minLength: 1, maxLength: 24 }), async (turns) => {
        await Promise.all(
          turns.map((index) => {
            const instanceId = made[index]!.id
            return mutate(ctx, async (tx) => {
              if ((await releaseInstancePorts(tx, instanceId)) === 0)
                await allocateInstancePorts(tx, {
                  projectId: project.id,
                  ports: [{ instanceId, networkId: network.id, deviceIndex: 0 }],
                })
            }).catch((error: unknown) => expect(error).toMatchObject({ code: 'conflict' }))
          }),
        )
        const held = await cloud.db.port.findMany({
          where: { networkId: network.id },
          include: { allocations: true },
        })
        expect(held.every(({ allocations }) => allocations.length === 1)).toBe(true)
        expect(new Set(held.map(({ allocations }) => allocations[0]!.ipAddress)).size).toBe(held.length)
        expect(await taken()).toHaveLength(held.length)
      }),
      { numRuns: 15 },
    )
    await cloud.db.port.deleteMany({ where: { networkId: network.id } })
    const all = await allocate(
      ctx,
      project.id,
      made.slice(0, 8).map(({ id }) => ({ instanceId: id, networkId: network.id, deviceIndex: 0 })),
    )
    expect(all).toHaveLength(8)
  })

  test('a batch takes as few questions as one port does', async () => {
    const { project, network, instances, one } = await world()
    // The project has its default group from then on.
    await one()
    const made = await instances(6)
    const statements: string[] = []
    const db = openDb(cloud.databaseUrl, { max: 1, onStatement: (sql) => statements.push(sql) })
    const ports = made.map(({ id }) => ({ instanceId: id, networkId: network.id, deviceIndex: 0 }))
    await db.$transaction((tx) =>
      allocateInstancePorts({ db: tx, event: () => {}, insert: () => {} }, { projectId: project.id, ports }),
    )
    await db.$disconnect()
    expect(statements.map((sql) => /^(SELECT|INSERT INTO "\w+"|\w+)/.exec(sql)?.[0])).toEqual([
      'BEGIN',
      'SELECT',
      'SELECT',
      'INSERT INTO "Port"',
      'INSERT INTO "AddressAllocation"',
      'COMMIT',
    ])
  })
})
