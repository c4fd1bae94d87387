import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Api, signIn, until } from '@nephos/testbed'
import { password, settled, theCloud, tinyImage } from './cloud.ts'
import { makeVolumes, type Volumes } from './volumes.ts'

const gib = 1024

/** Ids of what {@link makeContent} made, for the addresses of their pages. */
export interface Content {
  volumes: Volumes
  instance: string
  failed: string
  /** One whose new flavor waits to be confirmed. */
  resized: string
  image: string
  network: string
  router: string
  floatingIp: string
  group: string
  security: string
  addresses: string
  /** Of the instance on the network. */
  port: string
  qos: string
  aggregate: string
  host: string
  project: string
  user: string
  /** Path of an image file. */
  guestImage: string
}

/** Fills the project demo with what a small team would have: two networks, machines in several states, a failure. */
export async function makeContent(): Promise<Content> {
  const { apiUrl, adminPassword, home, info } = theCloud()
  const { api, token } = await signIn(apiUrl, { name: 'admin', password: adminPassword, project: 'demo' })
  const guestImage = join(home, 'guest/nephos-tiny.qcow2')
  const session = await api.identity.sessions.current.query({})
  await api.identity.quotas.update.mutate({
    projectId: session.project!.id,
    limits: { instances: 20, cores: 100, ram: 384 * gib },
  })
  const { project, user } = await people(api)

  const web = await api.network.networks.create.mutate({
    name: 'web',
    description: 'What visitors reach',
    subnet: { name: 'web', cidr: '10.10.0.0/24', dnsServers: ['9.9.9.9'] },
  })
  await api.network.subnets.create.mutate({
    networkId: web.id,
    name: 'web-6',
    cidr: 'fd00:10::/64',
    ipv6RaMode: 'slaac',
    ipv6AddressMode: 'slaac',
  })
  await api.network.tags.set.mutate({ kind: 'network', id: web.id, tags: ['shop', 'public'] })
  await api.network.rbacPolicies.create.mutate({ networkId: web.id, targetProject: project })
  const db = await api.network.networks.create.mutate({
    name: 'db',
    description: 'Databases, behind the web servers',
    subnet: { name: 'db', cidr: '10.20.0.0/24', gatewayIp: null },
  })
  const external = await api.network.networks.list.query({ external: true })
  const outside =
    external.items[0] ??
    (await api.network.networks.create.mutate({
      name: 'public',
      external: true,
      subnet: { cidr: '172.24.4.0/24', enableDhcp: false },
    }))
  const router = await api.network.routers.create.mutate({
    name: 'edge',
    gateway: { networkId: outside.id },
    subnetIds: [web.subnets[0]!.id],
  })
  await api.compute.keyPairs.create.mutate({ name: 'laptop' })
  await api.compute.keyPairs.create.mutate({ name: 'deployment' })
  const image = await upload(api, apiUrl, token, guestImage)
  const tiny = await tinyImage(api)
  const analytics = await api.compute.flavors.create.mutate({
    name: 'analytics.large',
    vcpus: 64,
    ramMib: 256 * gib,
    diskGib: 200,
    description: 'For the day when the large hosts arrive',
  })

  const apart = { name: 'shop-web', policy: 'soft-anti-affinity' } as const
  const group = await api.compute.serverGroups.create.mutate(apart)
  const addresses = await api.network.addressGroups.create.mutate({
    name: 'offices',
    description: 'Where administrators sit',
    addresses: ['192.0.2.0/24', '198.51.100.16/28', '2001:db8:40::/48'],
  })
  const security = await securityGroup(api, addresses.id)
  const qos = await qosPolicy(api)
  const aggregate = await aggregates(api)

  const launch = async (name: string, flavorId: string, imageId: string, networkIds: string[], more = {}) => {
    const input = { name, flavorId, imageId, networkIds, keyName: 'laptop', ...more }
    const { instances } = await api.compute.instances.create.mutate(input)
    return instances.map(({ id }) => id)
  }
  const servers = await launch('web', '42', image, [web.id, db.id], {
    count: 2,
    serverGroupId: group.id,
    metadata: { service: 'shop', tier: 'web' },
    description: 'Serves the shop',
    userData: '#!/bin/sh\necho "shop: listening on $(hostname)"\n',
  })
  await settled(api, servers)
  const [port] = (await api.network.ports.list.query({ instanceId: servers[0]!, networkId: web.id })).items
  await api.network.floatingIps.create.mutate({
    networkId: outside.id,
    portId: port!.id,
    description: 'www.shop',
  })
  const floatingIp = await api.network.floatingIps.create.mutate({ networkId: outside.id })
  const [database] = await launch('db-1', '84', tiny, [db.id], { keyName: 'deployment' })
  const [night] = await launch('nightly-report', '42', tiny, [db.id])
  const [failed] = await launch('forecast', analytics.id, tiny, [web.id])
  await settled(api, [database!, night!, failed!])
  if (!info().simulated)
    for (const id of [servers[0]!, night!])
      await until(
        'the guest has booted',
        async () => (await api.compute.instances.show.query({ id })).guestReadyAt,
        { timeoutMs: 180_000 },
      )
  await api.compute.instances.reboot.mutate({ id: servers[0]!, type: 'soft' })
  await api.compute.instances.stop.mutate({ id: night! })
  await settled(api, [servers[0]!, night!], ['ACTIVE', 'SHUTOFF'])
  await api.compute.instances.resize.mutate({ id: night!, flavorId: '84' })
  await settled(api, [night!], ['VERIFY_RESIZE'])
  await until(
    'the guest has booted again',
    async () =>
      info().simulated || (await api.compute.instances.show.query({ id: servers[0]! })).guestReadyAt,
    { timeoutMs: 180_000 },
  )
  const volumes = await makeVolumes(api, servers[0]!, tiny)
  const [host] = (await api.compute.hosts.list.query({})).items
  return {
    volumes,
    instance: servers[0]!,
    failed: failed!,
    resized: night!,
    image,
    network: web.id,
    router: router.id,
    floatingIp: floatingIp.id,
    group: group.id,
    security,
    addresses: addresses.id,
    port: port!.id,
    qos,
    aggregate,
    host: host!.id,
    project,
    user,
    guestImage,
  }
}

/** Groups of hosts: one that every host is in, and a zone that waits for its first one. @returns id of the first */
async function aggregates(api: Api): Promise<string> {
  const metadata = { ssd: 'true', ram_weight_multiplier: '2', max_instances_per_host: '40' }
  const { id } = await api.compute.aggregates.create.mutate({ name: 'fast-disks', metadata })
  for (const host of (await api.compute.hosts.list.query({})).items)
    await api.compute.aggregates.addHost.mutate({ id, hostId: host.id })
  await api.compute.aggregates.create.mutate({ name: 'room-2', zone: 'room-2' })
  return id
}

/** Other projects and users beside the first ones. */
async function people(api: Api): Promise<{ project: string; user: string }> {
  const project = async (name: string, description: string) =>
    (await api.identity.projects.create.mutate({ name, description })).id
  const shop = await project('shop', 'The web shop and its databases')
  const build = await project('build', 'Machines that build and test')
  const grant = async (
    name: string,
    description: string,
    on: [string, 'member' | 'reader' | 'manager'][],
  ) => {
    const { id } = await api.identity.users.create.mutate({ name, description, password })
    for (const [projectId, role] of on)
      await api.identity.assignments.grant.mutate({
        userId: id,
        role,
        target: { type: 'project', id: projectId },
      })
    return id
  }
  const user = await grant('operations', 'The people on call', [
    [shop, 'manager'],
    [build, 'member'],
  ])
  await grant('developers', 'Everybody who writes the shop', [
    [shop, 'reader'],
    [build, 'member'],
  ])
  await grant('auditors', 'May look at everything of the shop', [[shop, 'reader']])
  return { project: shop, user }
}

async function upload(api: Api, apiUrl: string, token: string, file: string): Promise<string> {
  const { id } = await api.image.images.create.mutate({
    name: 'shop-web-2026-11',
    minRamMib: 128,
    properties: { os_distro: 'debian', os_version: '12' },
  })
  const answer = await fetch(`${apiUrl}/image/v2/images/${id}/file`, {
    method: 'PUT',
    headers: {
      'X-Auth-Token': token,
      'Content-Type': 'application/octet-stream',
      'Content-Length': String((await stat(file)).size),
    },
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  if (!answer.ok) throw new Error(`the upload was refused: ${answer.status} ${await answer.text()}`)
  return id
}

/** A QoS policy that new networks do not get. */
async function qosPolicy(api: Api): Promise<string> {
  const { id } = await api.network.qosPolicies.create.mutate({
    name: 'steady',
    description: 'Office hours',
    rules: [
      { type: 'bandwidth_limit', direction: 'egress', maxKbps: 50_000 },
      { type: 'bandwidth_limit', direction: 'ingress', maxKbps: 200_000, maxBurstKbps: 20_000 },
      { type: 'dscp_marking', dscpMark: 10 },
    ],
  })
  return id
}

/** A security group as a web shop has it. */
async function securityGroup(api: Api, offices: string): Promise<string> {
  const { id } = await api.network.securityGroups.create.mutate({
    name: 'shop-web',
    description: 'What customers and administrators reach',
  })
  const rules = [
    { portMin: 443, remoteIpPrefix: '0.0.0.0/0', description: 'The shop' },
    { portMin: 80, remoteIpPrefix: '0.0.0.0/0', description: 'Leads to HTTPS' },
    { portMin: 22, remoteAddressGroupId: offices, description: 'The offices' },
  ]
  for (const rule of rules)
    await api.network.securityGroupRules.create.mutate({
      securityGroupId: id,
      direction: 'ingress',
      protocol: 'tcp',
      portMax: rule.portMin,
      ...rule,
    })
  await api.network.securityGroupRules.create.mutate({
    securityGroupId: id,
    direction: 'ingress',
    remoteGroupId: id,
  })
  return id
}
