import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Ctx } from '../kernel/index.ts'
import { createTestCloud, ctxFor, makeTenant, type TestCloud } from '../testing/index.ts'
import { networkVerbs } from './index.ts'

const { networks, subnets, ports } = networkVerbs

let cloud: TestCloud
let ctx: Ctx
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())
beforeEach(async () => {
  ctx = (await makeTenant(cloud)).ctx
  const operator = await makeTenant(cloud)
  admin = ctxFor(cloud, { user: operator.user, project: operator.project, role: 'admin' })
})

const net = (as = ctx, more: object = {}) =>
  networks.create({ ctx: as, input: { name: 'net', subnet: { cidr: '10.0.0.0/24' }, ...more } })

describe('changing a network', () => {
  test('size of packets and security of new ports are its owner’s, sharing an administrator’s', async () => {
    const { id } = await net()
    const changed = await networks.update({ ctx, input: { id, mtu: 1300, portSecurity: false } })
    expect(changed).toMatchObject({ mtu: 1300, portSecurity: false })
    expect((await ports.create({ ctx, input: { networkId: id } })).portSecurity).toBe(false)
    for (const change of [{ shared: true }, { external: true }, { physicalNetwork: 'dc' }])
      await expect(networks.update({ ctx, input: { id, ...change } })).rejects.toMatchObject({
        code: 'forbidden',
        field: Object.keys(change)[0],
      })
    // Saying what is so already is fine.
    expect((await networks.update({ ctx, input: { id, shared: false } })).shared).toBe(false)
    await expect(networks.update({ ctx, input: { id, mtu: 100 } })).rejects.toMatchObject({ field: 'mtu' })
  })

  test('a shared one stays shared while others have ports on it', async () => {
    const { id } = await net(admin, { shared: true })
    const port = await ports.create({ ctx, input: { networkId: id } })
    const hide = () => networks.update({ ctx: admin, input: { id, shared: false } })
    await expect(hide()).rejects.toMatchObject({ code: 'conflict', field: 'shared', detail: { ports: 1 } })
    await ports.delete({ ctx, input: { id: port.id } })
    expect((await hide()).shared).toBe(false)
  })

  test('one network has a physical network', async () => {
    const name = `dc-${Math.random().toString(36).slice(2)}`
    const { id } = await net(admin, { physicalNetwork: name })
    // Nothing wraps its frames there, so they may be whole.
    expect(await networks.show({ ctx: admin, input: { id } })).toMatchObject({
      physicalNetwork: name,
      mtu: 1500,
    })
    await expect(net(admin, { physicalNetwork: name })).rejects.toMatchObject({
      code: 'conflict',
      field: 'physicalNetwork',
    })
  })
})

describe('changing a subnet', () => {
  test('keeps what is left out, and knows what it is', async () => {
    const network = await net()
    const { id } = network.subnets[0]!
    const row = await subnets.update({
      ctx,
      input: {
        id,
        name: 'renamed',
        dnsServers: ['9.9.9.9'],
        hostRoutes: [{ destination: '10.9.0.0/16', nexthop: '10.0.0.9' }],
      },
    })
    expect(row).toMatchObject({
      name: 'renamed',
      gatewayIp: '10.0.0.1',
      dnsServers: ['9.9.9.9'],
      enableDhcp: true,
      pools: [{ start: '10.0.0.2', end: '10.0.0.254' }],
    })
    expect(await subnets.show({ ctx, input: { id } })).toEqual(row)
    expect((await subnets.list({ ctx, input: { networkId: network.id } })).items).toEqual([row])
  })

  test('moves the gateway out of the pools only, and not onto a port', async () => {
    const network = await net()
    const { id } = network.subnets[0]!
    const set = (input: object) => subnets.update({ ctx, input: { id, ...input } })
    await expect(set({ gatewayIp: '10.0.0.254' })).rejects.toMatchObject({ field: 'gatewayIp' })
    const pools = [{ start: '10.0.0.10', end: '10.0.0.20' }]
    expect((await set({ gatewayIp: '10.0.0.254', pools })).gatewayIp).toBe('10.0.0.254')
    await ports.create({ ctx, input: { networkId: network.id, fixedIps: [{ ipAddress: '10.0.0.99' }] } })
    await expect(set({ gatewayIp: '10.0.0.99' })).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'address_in_use' },
    })
    await expect(set({ pools: [{ start: '10.0.1.1', end: '10.0.1.9' }] })).rejects.toMatchObject({
      field: 'pools.0',
    })
    await expect(set({ pools: [{ start: '10.0.0.250', end: '10.0.0.254' }] })).rejects.toMatchObject({
      field: 'pools.0',
    })
    expect((await set({ gatewayIp: null })).gatewayIp).toBeNull()
  })

  test('DHCP goes with its address and comes back with one', async () => {
    const network = await net()
    const { id } = network.subnets[0]!
    const dhcpPorts = () => cloud.db.port.count({ where: { networkId: network.id } })
    expect((await subnets.update({ ctx, input: { id, enableDhcp: false } })).used).toBe(0)
    expect(await dhcpPorts()).toBe(0)
    expect((await subnets.update({ ctx, input: { id, enableDhcp: true } })).used).toBe(1)
    expect((await subnets.update({ ctx, input: { id, enableDhcp: true } })).used).toBe(1)
    expect(await dhcpPorts()).toBe(1)
  })
})

describe('changing a port', () => {
  test('keeps the addresses that are named again, and takes and frees the others', async () => {
    const network = await net()
    const port = await ports.create({
      ctx,
      input: { networkId: network.id, fixedIps: [{ ipAddress: '10.0.0.10' }, { ipAddress: '10.0.0.11' }] },
    })
    const set = (...fixedIps: { ipAddress?: string; subnetId?: string }[]) =>
      ports.update({ ctx, input: { id: port.id, fixedIps } })
    const addresses = (row: { fixedIps: { ipAddress: string }[] }) =>
      row.fixedIps.map(({ ipAddress }) => ipAddress).sort()
    expect(addresses(await set({ ipAddress: '10.0.0.11' }, { ipAddress: '10.0.0.12' }))).toEqual([
      '10.0.0.11',
      '10.0.0.12',
    ])
    const subnetId = network.subnets[0]!.id
    expect(addresses(await set({ ipAddress: '10.0.0.12' }, { subnetId }))).toEqual(['10.0.0.11', '10.0.0.12'])
    const other = await ports.create({
      ctx,
      input: { networkId: network.id, fixedIps: [{ ipAddress: '10.0.0.10' }] },
    })
    await expect(set({ ipAddress: '10.0.0.10' })).rejects.toMatchObject({ code: 'conflict' })
    expect(addresses(await ports.show({ ctx, input: { id: port.id } }))).toEqual(['10.0.0.11', '10.0.0.12'])
    expect((await set()).fixedIps).toEqual([])
    expect(other.fixedIps).toHaveLength(1)
  })

  test('pairs say what it may send besides; without port security there are none', async () => {
    const { id: networkId } = await net()
    const port = await ports.create({ ctx, input: { networkId } })
    const set = (input: object) => ports.update({ ctx, input: { id: port.id, ...input } })
    const paired = await set({
      allowedAddressPairs: [
        { ipAddress: '10.0.0.100' },
        { ipAddress: '10.8.0.0/24', macAddress: '02:00:00:00:00:01' },
      ],
    })
    expect(paired.allowedAddressPairs).toEqual([
      { ipAddress: '10.0.0.100', macAddress: port.macAddress },
      { ipAddress: '10.8.0.0/24', macAddress: '02:00:00:00:00:01' },
    ])
    for (const pairs of [
      [{ ipAddress: '10.8.0.1/24' }],
      [{ ipAddress: 'x' }],
      [{ ipAddress: '10.0.0.100' }, { ipAddress: '10.0.0.100' }],
      Array.from({ length: 11 }, (_, index) => ({ ipAddress: `10.0.0.${index + 1}` })),
    ])
      await expect(set({ allowedAddressPairs: pairs })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(set({ portSecurity: false })).rejects.toMatchObject({ code: 'conflict' })
    const unpaired = { portSecurity: false, allowedAddressPairs: [] }
    await expect(set(unpaired)).rejects.toMatchObject({ message: 'The port has security groups.' })
    await ports.setSecurityGroups({ ctx, input: { id: port.id, securityGroupIds: [] } })
    const open = await set(unpaired)
    expect(open).toMatchObject({ portSecurity: false, allowedAddressPairs: [] })
    await expect(set({ allowedAddressPairs: [{ ipAddress: '10.0.0.100' }] })).rejects.toMatchObject({
      field: 'allowedAddressPairs',
    })
  })

  test('on a shared network what is sent is its owner’s decision', async () => {
    const { id: networkId } = await net(admin, { shared: true })
    const port = await ports.create({ ctx, input: { networkId } })
    for (const change of [
      { portSecurity: false },
      { allowedAddressPairs: [{ ipAddress: '10.0.0.1' }] },
      { fixedIps: [{ ipAddress: '10.0.0.77' }] },
    ])
      await expect(ports.update({ ctx, input: { id: port.id, ...change } })).rejects.toMatchObject({
        code: 'forbidden',
      })
    expect(
      (await ports.update({ ctx, input: { id: port.id, name: 'mine', adminStateUp: false } })).name,
    ).toBe('mine')
    await expect(ports.create({ ctx, input: { networkId, portSecurity: false } })).rejects.toMatchObject({
      code: 'forbidden',
      field: 'portSecurity',
    })
  })

  test('a program may note what uses it, but not that it is the cloud’s own', async () => {
    const { id: networkId } = await net()
    const port = await ports.create({
      ctx,
      input: { networkId, deviceOwner: 'cluster:lb', deviceId: 'lb-1' },
    })
    expect(port).toMatchObject({ deviceOwner: 'cluster:lb', deviceId: 'lb-1' })
    const found = await ports.list({ ctx, input: { deviceOwner: 'cluster:lb', deviceId: 'lb-1' } })
    expect(found.items.map(({ id }) => id)).toEqual([port.id])
    const set = (deviceOwner: string, as = ctx) =>
      ports.update({ ctx: as, input: { id: port.id, deviceOwner } })
    await expect(set('network:ha')).rejects.toMatchObject({ code: 'forbidden' })
    for (const owner of ['network:dhcp', 'network:floatingip', 'network:router_gateway'])
      await expect(set(owner, admin)).rejects.toMatchObject({ code: 'invalid_input' })
    expect((await set('')).deviceOwner).toBe('')
  })
})
