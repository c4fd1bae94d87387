import { type Api, signIn, type TestCloud, until } from '@nephos/testbed'
import { removeInstances, settled, tinyImage } from '../support/cloud.ts'
import { type GuestShell, guestShell } from '../support/guest-shell.ts'
import { theLab } from '../support/lab.ts'
import { expect, test } from '../support/test.ts'

/**
 * Real guests on two hosts: who reaches whom, and who does not, is the same before and after the network workers were
 * killed, and after one of the guests has moved.
 *
 * `gate` has a floating IP; `inner` is on its network, on another host, behind a forwarded port; `far` is on a network
 * of its own behind the same router, and lets nobody in at first.
 */
let lab: TestCloud
let api: Api
let shell: GuestShell
const ids: Record<'gate' | 'inner' | 'far', string> = { gate: '', inner: '', far: '' }
const undo: (() => Promise<unknown>)[] = []

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async () => {
  test.setTimeout(300_000)
  lab = await theLab()
  test.skip(lab.info().drivers?.network.driver !== 'linux', 'this machine only simulates networks')
  test.skip(lab.info().simulated, 'simulated guests have no network')
  ;({ api } = await signIn(lab.apiUrl, { name: 'admin', password: lab.adminPassword, project: 'demo' }))
})
test.afterAll(async () => {
  const made = Object.values(ids).filter(Boolean)
  if (made.length > 0) await removeInstances(api, made)
  for (const step of undo.reverse()) await step()
  shell?.end()
})

const group = async (name: string) => {
  const { id } = await api.network.securityGroups.create.mutate({ name })
  undo.push(() => api.network.securityGroups.delete.mutate({ id }))
  return id
}
const network = async (name: string, cidr: string, sixth: string) => {
  const made = await api.network.networks.create.mutate({ name, subnet: { cidr } })
  undo.push(() => api.network.networks.delete.mutate({ id: made.id }))
  const { id } = await api.network.subnets.create.mutate({
    networkId: made.id,
    cidr: sixth,
    ipv6RaMode: 'slaac',
    ipv6AddressMode: 'slaac',
  })
  return { id: made.id, subnetIds: [made.subnets[0]!.id, id] }
}
const floatingIp = async (networkId: string, portId?: string) => {
  const made = await api.network.floatingIps.create.mutate({ networkId, ...(portId && { portId }) })
  undo.push(() => api.network.floatingIps.delete.mutate({ id: made.id }))
  return made
}
const allow = (securityGroupId: string, rule: object) =>
  api.network.securityGroupRules.create.mutate({ securityGroupId, direction: 'ingress', ...rule })

let reach: { gate: string; inner: string; port: number; outside: string; addresses: Record<string, string> }
let farGroup: string
let openGroup: string

test('guests of two networks come up on two hosts', async () => {
  const { items } = await api.network.networks.list.query({ external: true })
  const outside = items[0]!
  const keys = await api.compute.keyPairs.create.mutate({ name: 'matrix' })
  undo.push(() => api.compute.keyPairs.delete.mutate({ id: keys.id }))
  shell = guestShell(keys.privateKey)
  const apart = await api.compute.serverGroups.create.mutate({ name: 'matrix', policy: 'soft-anti-affinity' })
  undo.push(() => api.compute.serverGroups.delete.mutate({ id: apart.id }))
  const inner = await group('matrix-inner')
  openGroup = await group('matrix-open')
  farGroup = await group('matrix-far')
  const ssh = { protocol: 'tcp', portMin: 22, portMax: 22 }
  const { gatewayIp } = outside.subnets[0]!
  await allow(openGroup, { ...ssh, remoteIpPrefix: `${gatewayIp}/32` })
  await allow(inner, { ...ssh, remoteIpPrefix: `${gatewayIp}/32` })
  await allow(inner, { protocol: 'icmp', remoteGroupId: openGroup })

  await allow(inner, { ethertype: 'IPv6', protocol: 'icmp', remoteGroupId: openGroup })

  const near = await network('matrix-near', '10.72.0.0/24', 'fd00:72::/64')
  const beyond = await network('matrix-beyond', '10.73.0.0/24', 'fd00:73::/64')
  const router = await api.network.routers.create.mutate({
    name: 'matrix',
    gateway: { networkId: outside.id },
    subnetIds: [...near.subnetIds, ...beyond.subnetIds],
  })
  undo.push(
    () => api.network.routers.delete.mutate({ id: router.id }),
    ...[...near.subnetIds, ...beyond.subnetIds].map(
      (subnetId) => () => api.network.routers.removeInterface.mutate({ id: router.id, subnetId }),
    ),
  )
  const imageId = await tinyImage(api)
  const create = async (
    name: keyof typeof ids,
    networkId: string,
    securityGroupId: string,
    together = true,
  ) => {
    const { instances } = await api.compute.instances.create.mutate({
      name: `matrix-${name}`,
      flavorId: '42',
      imageId,
      keyName: 'matrix',
      networkIds: [networkId],
      securityGroupIds: [securityGroupId],
      ...(together && { serverGroupId: apart.id }),
    })
    ids[name] = instances[0]!.id
  }
  await create('gate', near.id, openGroup)
  await create('inner', near.id, inner)
  await create('far', beyond.id, farGroup, false)
  const rows = await settled(api, Object.values(ids), ['ACTIVE'])
  expect(rows[0]!.hostName).not.toBe(rows[1]!.hostName)
  const port = async (instanceId: string) => (await api.network.ports.list.query({ instanceId })).items[0]!
  const gate = await floatingIp(outside.id, (await port(ids.gate)).id)
  const shared = await floatingIp(outside.id)
  const target = await port(ids.inner)
  await api.network.portForwardings.create.mutate({
    floatingIpId: shared.id,
    protocol: 'tcp',
    externalPort: 2222,
    internalPortId: target.id,
    internalPort: 22,
  })
  const addressOf = async (id: string, { v6 = false } = {}) =>
    (await port(id)).fixedIps.find(({ ipAddress }) => ipAddress.includes(':') === v6)!.ipAddress
  reach = {
    gate: gate.address,
    inner: shared.address,
    port: 2222,
    outside: gatewayIp!,
    addresses: {
      inner: await addressOf(ids.inner),
      far: await addressOf(ids.far),
      inner6: await addressOf(ids.inner, { v6: true }),
      far6: await addressOf(ids.far, { v6: true }),
    },
  }
  await until(
    'the gate answers',
    () =>
      shell(gate.address, 'true').then(
        () => true,
        () => false,
      ),
    {
      timeoutMs: 120_000,
    },
  )
})

/** What each guest reaches, as it says itself. */
async function matrix(): Promise<Record<string, boolean>> {
  const { gate, inner, port, outside, addresses } = reach
  const told = (text: string, from: string) =>
    Object.fromEntries(
      [...text.matchAll(/^(yes|no) (.*)$/gm)].map(([, word, what]) => [`${from} → ${what}`, word === 'yes']),
    )
  const tries = (attempts: Record<string, string>) =>
    Object.entries(attempts)
      .map(
        ([what, command]) => `if ${command} >/dev/null 2>&1; then echo yes ${what}; else echo no ${what}; fi`,
      )
      .join('; ')
  const ping = (address: string, from = '') => `ping -c 1 -W 2 ${from} ${address}`
  const fromGate = await shell(
    gate,
    tries({
      'inner, across hosts': ping(addresses.inner!),
      'inner, a port that no rule names': `nc -w 2 ${addresses.inner} 22 </dev/null | grep -q SSH`,
      'far, through the router': ping(addresses.far!),
      'the outside': ping(outside),
      'inner, by IPv6': ping(addresses.inner6!, '-6'),
      'far, by IPv6 through the router': ping(addresses.far6!, '-6'),
      'inner, under an address that is not its own': `(ip addr add 10.72.0.250/32 dev eth0; ${ping(addresses.inner!, '-I 10.72.0.250')}; code=$?; ip addr del 10.72.0.250/32 dev eth0; exit $code)`,
    }),
  )
  const fromInner = await shell(
    inner,
    tries({
      'the outside, without an address there': ping(outside),
      'far, through the router': ping(addresses.far!),
    }),
    { port },
  )
  return { ...told(fromGate, 'gate'), ...told(fromInner, 'inner') }
}

const closed = {
  'gate → inner, across hosts': true,
  'gate → inner, a port that no rule names': false,
  'gate → far, through the router': false,
  'gate → the outside': true,
  'gate → inner, by IPv6': true,
  'gate → far, by IPv6 through the router': false,
  'gate → inner, under an address that is not its own': false,
  'inner → the outside, without an address there': true,
  'inner → far, through the router': false,
}
const opened = {
  ...closed,
  'gate → far, through the router': true,
  'gate → far, by IPv6 through the router': true,
}

test('each reaches what rules and routes let it reach, and nothing else; a rule counts at once', async () => {
  expect(await matrix()).toEqual(closed)
  const rule = await allow(farGroup, { protocol: 'icmp', remoteIpPrefix: '10.72.0.0/24' })
  await expect
    .poll(matrix, { timeout: 30_000 })
    .toEqual({ ...closed, 'gate → far, through the router': true, 'inner → far, through the router': true })
  await api.network.securityGroupRules.delete.mutate({ id: rule.id })
  await expect.poll(matrix, { timeout: 30_000 }).toEqual(closed)
  for (const ethertype of ['IPv4', 'IPv6'])
    await allow(farGroup, { ethertype, protocol: 'icmp', remoteGroupId: openGroup })
  await expect.poll(matrix, { timeout: 30_000 }).toEqual(opened)
})

test('it is the same after the network workers of both hosts were killed', async () => {
  await Promise.all(['network-host1', 'network-host2'].map((name) => lab.restarted(name, lab.kill(name))))
  await expect.poll(matrix, { timeout: 30_000 }).toEqual(opened)
})

test('it is the same after a guest has moved', async () => {
  const { hostName } = await api.compute.instances.show.query({ id: ids.gate })
  await api.compute.instances.liveMigrate.mutate({ id: ids.gate })
  await until(
    'it has moved',
    async () => {
      const row = await api.compute.instances.show.query({ id: ids.gate })
      return !row.taskState && row.hostName !== hostName
    },
    { timeoutMs: 120_000 },
  )
  await expect.poll(matrix, { timeout: 30_000 }).toEqual(opened)
})
