import { newId } from '@nephos/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  makeInstance,
  makeNetwork,
  makeTenant,
  type TestCloud,
} from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'
import { routerGatewayOwner, routerInterfaceOwner } from '../ports/owners.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())

type Net = Awaited<ReturnType<typeof makeNetwork>>

/** An active port with one address, as rows. */
async function makePort(
  projectId: string,
  network: Net,
  ipAddress: string,
  fields: Record<string, unknown> = {},
  subnetId = network.subnets[0]!.id,
) {
  const id = newId()
  await cloud.db.port.create({
    data: {
      id,
      networkId: network.id,
      projectId,
      macAddress: `fa:16:3e:${id.slice(-6).match(/../g)!.join(':')}`,
      status: 'ACTIVE',
      ...fields,
      allocations: { create: { subnetId, ipAddress, networkId: network.id } },
    },
  })
  return id
}

async function makeRouter(projectId: string, networks: Net[], outer?: { network: Net; address: string }) {
  const id = newId()
  const gatewayPortId =
    outer &&
    (await makePort(projectId, outer.network, outer.address, {
      deviceOwner: routerGatewayOwner,
      deviceId: id,
    }))
  await cloud.db.router.create({
    data: {
      id,
      projectId,
      name: 'edge',
      status: 'ACTIVE',
      routes: [],
      externalNetworkId: outer?.network.id,
      gatewayPortId,
    },
  })
  for (const network of networks)
    await makePort(projectId, network, network.subnets[0]!.gatewayIp!, {
      deviceOwner: routerInterfaceOwner,
      deviceId: id,
    })
  return id
}

async function openGroup(projectId: string, ethertype = 'IPv4') {
  const id = newId()
  const rule = (direction: string) => ({
    id: newId(),
    projectId,
    direction,
    ethertype,
    fingerprint: `${direction}${ethertype}`,
  })
  await cloud.db.securityGroup.create({
    data: { id, projectId, name: 'open', rules: { create: [rule('ingress'), rule('egress')] } },
  })
  return { create: [{ groupId: id }] }
}

async function makeScene() {
  const { ctx, project } = await makeTenant(cloud)
  const projectId = project.id
  const subnet = (start: string) => ({
    cidr: `${start}.0/24`,
    gatewayIp: `${start}.1`,
    pools: [{ start: `${start}.2`, end: `${start}.254` }],
  })
  const [red, blue] = [
    await makeNetwork(cloud, { projectId, name: 'red', subnet: subnet('10.1.0') }),
    await makeNetwork(cloud, { projectId, name: 'blue', subnet: subnet('10.2.0') }),
  ]
  const groups = await openGroup(projectId)
  const securityGroups = () => ({ securityGroups: groups })
  const instance = await makeInstance(cloud, { projectId, name: 'web' })
  const web = await makePort(projectId, red, '10.1.0.5', {
    ...securityGroups(),
    instanceId: instance.id,
    deviceIndex: 0,
    deviceOwner: 'compute:nova',
  })
  const db = await makePort(projectId, blue, '10.2.0.5', { name: 'db', ...securityGroups() })
  const router = await makeRouter(projectId, [red, blue])
  return { ctx, projectId, red, blue, instance, web, db, router, securityGroups }
}

const ask = (ctx: Ctx, from: string | { port: string; address: string }, to: string, port = 22) =>
  networkVerbs.reachability.check({
    ctx,
    input: {
      from:
        from === 'outside'
          ? { kind: 'outside' }
          : typeof from === 'string'
            ? { kind: 'port', id: from }
            : { kind: 'port', id: from.port, address: from.address },
      to: /^[\d.]+$|:/.test(to) ? { kind: 'address', address: to } : { kind: 'port', id: to },
      port,
    },
  })

const stopOf = async (answer: ReturnType<typeof ask>) => {
  const { verdict, hops } = await answer
  const stop = hops.find((hop) => hop.verdict === 'stops')
  return { verdict, reason: stop?.reason, noun: stop?.resource?.noun, id: stop?.resource?.id }
}

test('what is switched off or not running stops it, each with its row', async () => {
  const { ctx, red, blue, instance, web, db, router } = await makeScene()
  expect(await ask(ctx, web, db)).toMatchObject({
    verdict: 'reaches',
    summary: 'web reaches db on TCP port 22 at 10.2.0.5.',
    packet: { source: '10.1.0.5', destination: '10.2.0.5', protocol: 'tcp', port: 22 },
  })
  const while_ = async (change: () => Promise<unknown>, undo: () => Promise<unknown>) => {
    await change()
    const found = await stopOf(ask(ctx, web, db))
    await undo()
    return found
  }
  const row = (model: 'instance' | 'network' | 'router' | 'port', id: string, data: object) => () =>
    (cloud.db[model] as typeof cloud.db.port).update({ where: { id }, data })

  expect(
    await while_(
      row('instance', instance.id, { powerState: 4 }),
      row('instance', instance.id, { powerState: 1 }),
    ),
  ).toEqual({ verdict: 'stopped', reason: 'web is not running.', noun: 'instance', id: instance.id })
  expect(
    await while_(row('port', db, { adminStateUp: false }), row('port', db, { adminStateUp: true })),
  ).toEqual({ verdict: 'stopped', reason: 'The port is switched off.', noun: 'port', id: db })
  expect(
    await while_(row('port', db, { status: 'DOWN' }), row('port', db, { status: 'ACTIVE' })),
  ).toMatchObject({ reason: 'The port is not wired on a host (DOWN).', id: db })
  expect(
    await while_(
      row('network', red.id, { adminStateUp: false }),
      row('network', red.id, { adminStateUp: true }),
    ),
  ).toEqual({ verdict: 'stopped', reason: 'The network red is switched off.', noun: 'network', id: red.id })
  expect(
    await while_(
      row('router', router, { status: 'ERROR', statusReason: 'Its host is full.' }),
      row('router', router, { status: 'ACTIVE', statusReason: '' }),
    ),
  ).toMatchObject({ reason: 'The router does not work now (ERROR). Its host is full.', id: router })
  // The answer needs a way, too.
  await cloud.db.subnet.update({ where: { id: blue.subnets[0]!.id }, data: { gatewayIp: null } })
  const back = await ask(ctx, web, db)
  expect(back.hops.at(-1)).toMatchObject({
    way: 'back',
    verdict: 'stops',
    reason: '10.1.0.5 is not on the subnet 10.2.0.0/24, which has no gateway.',
    resource: { noun: 'subnet', id: blue.subnets[0]!.id },
  })
})

test('addresses that are not the own one need a pair, or no port security', async () => {
  const { ctx, web, db } = await makeScene()
  const spoof = () => stopOf(ask(ctx, { port: web, address: '10.1.0.77' }, db))
  expect(await spoof()).toMatchObject({ verdict: 'stopped', noun: 'port', id: web })
  const pairs = [{ ipAddress: '10.1.0.64/27', macAddress: 'fa:16:3e:00:00:01' }]
  await cloud.db.port.update({ where: { id: web }, data: { allowedAddressPairs: pairs } })
  const { hops } = await ask(ctx, { port: web, address: '10.1.0.77' }, db)
  expect(hops.map(({ title }) => title)).toContain('The address that it sends from')
  expect(hops[1]).toMatchObject({ verdict: 'passes' })
})

test('a static route leads on, and one in a circle ends', async () => {
  const { ctx, projectId, web, router, blue, securityGroups } = await makeScene()
  const far = await makeNetwork(cloud, {
    projectId,
    name: 'far',
    subnet: { cidr: '10.9.0.0/24', gatewayIp: '10.9.0.1' },
  })
  const target = await makePort(projectId, far, '10.9.0.5', { name: 'far', ...securityGroups() })
  expect(await stopOf(ask(ctx, web, target))).toMatchObject({
    reason: 'The router knows no way to 10.9.0.5.',
    id: router,
  })
  const second = await makeRouter(projectId, [far])
  await makePort(projectId, blue, '10.2.0.2', { deviceOwner: routerInterfaceOwner, deviceId: second })
  const routes = (id: string, destination: string, nexthop: string) =>
    cloud.db.router.update({ where: { id }, data: { routes: [{ destination, nexthop }] } })
  await routes(router, '10.9.0.0/24', '10.2.0.2')
  // There it goes; the other router knows no way back and believes no such sender.
  expect(await stopOf(ask(ctx, web, target))).toMatchObject({ verdict: 'stopped', id: second })
  await routes(second, '10.1.0.0/24', '10.2.0.1')
  expect(await ask(ctx, web, target)).toMatchObject({ verdict: 'reaches' })
  await routes(second, '10.0.0.0/8', '10.2.0.1')
  expect((await ask(ctx, web, '10.8.0.1')).verdict).toBe('stopped')
})

test('nothing of another project is shown, only that it gets that far', async () => {
  const { ctx, red, web } = await makeScene()
  const theirs = await makeScene()
  const outer = await makeNetwork(cloud, {
    projectId: theirs.projectId,
    name: 'public',
    external: true,
    subnet: { cidr: '172.24.4.0/24', gatewayIp: '172.24.4.1' },
  })
  await makePort(theirs.projectId, outer, '172.24.4.30', { name: 'secret' })
  const { projectId } = await cloud.db.port.findUniqueOrThrow({ where: { id: web } })
  await cloud.db.port.deleteMany({ where: { deviceOwner: routerInterfaceOwner, networkId: red.id } })
  await makeRouter(projectId, [red], { network: outer, address: '172.24.4.9' })
  const answer = await ask(ctx, web, '172.24.4.30')
  expect(answer.verdict).toBe('leaves')
  expect(JSON.stringify(answer)).not.toMatch(/secret/)
  await expect(ask(ctx, web, theirs.db)).rejects.toMatchObject({ code: 'not_found' })
  await expect(ask(ctx, theirs.web, web)).rejects.toMatchObject({ code: 'not_found' })
  // From outside neither to what is theirs nor, while addresses are translated, to what is inside.
  expect(await ask(ctx, 'outside', '172.24.4.30')).toMatchObject({ verdict: 'stopped', packet: null })
  expect((await ask(ctx, 'outside', web)).summary).toMatch(/it has no floating IP/)
  // A shared network whose gateway is theirs.
  await cloud.db.network.update({ where: { id: theirs.red.id }, data: { shared: true, name: 'common' } })
  const guest = await makePort(projectId, theirs.red, '10.1.0.50', { portSecurity: false })
  const beyond = await ask(ctx, guest, '10.2.0.5')
  expect(beyond.verdict).toBe('leaves')
  expect(beyond.hops.at(-1)).toMatchObject({ title: 'Beyond this project', resource: { name: 'common' } })
  expect(JSON.stringify(beyond)).not.toContain(theirs.router)
})

test('IPv6 is routed and filtered as its own family', async () => {
  const { ctx, projectId } = await makeScene()
  const six = (start: string) => ({
    ipVersion: 6,
    cidr: `${start}::/64`,
    gatewayIp: `${start}::1`,
    pools: [],
  })
  const [one, two] = [
    await makeNetwork(cloud, { projectId, name: 'six', subnet: six('fd00:1') }),
    await makeNetwork(cloud, { projectId, name: 'seven', subnet: six('fd00:2') }),
  ]
  const securityGroups = await openGroup(projectId, 'IPv6')
  const from = await makePort(projectId, one, 'fd00:1::5', { securityGroups })
  const four = await openGroup(projectId)
  const to = await makePort(projectId, two, 'fd00:2::5', { securityGroups: four })
  await makeRouter(projectId, [one, two])
  const closed = await ask(ctx, from, to)
  expect(closed.hops.at(-1)).toMatchObject({
    verdict: 'stops',
    missingRule: { ethertype: 'IPv6', port: 22, remoteIpPrefix: 'fd00:1::5/128' },
  })
  await cloud.db.portSecurityGroup.create({
    data: { portId: to, groupId: securityGroups.create[0]!.groupId },
  })
  expect(await ask(ctx, from, to)).toMatchObject({ verdict: 'reaches' })
  expect(await ask(ctx, from, 'fd00:2:0::5')).toMatchObject({ verdict: 'reaches' })
})

test('the topology holds what is of the project, and how it is joined', async () => {
  const { ctx, red, blue, instance, router } = await makeScene()
  const [theirs, { networks, routers, instances, truncated }] = [
    await makeScene(),
    await networkVerbs.topology.show({ ctx, input: {} }),
  ]
  expect(networks.filter(({ own }) => own).map(({ id }) => id)).toEqual([red.id, blue.id])
  expect(routers.map(({ id, interfaces }) => [id, interfaces.length])).toEqual([[router, 2]])
  expect(instances).toMatchObject([
    { id: instance.id, status: 'ACTIVE', ports: [{ networkId: red.id, addresses: ['10.1.0.5'] }] },
  ])
  expect(truncated).toEqual({ networks: false, routers: false, instances: false })
  expect(theirs.red.id).not.toBe(red.id)
})
