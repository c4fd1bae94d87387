import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Api, signIn, until } from '@nephos/testbed'
import { password, settled, theCloud, tinyImage } from './cloud.ts'

const gib = 1024

/** Ids of what {@link makeContent} made, for the addresses of their pages. */
export interface Content {
  instance: string
  failed: string
  /** One whose new flavor waits to be confirmed. */
  resized: string
  image: string
  network: string
  group: string
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
  const db = await api.network.networks.create.mutate({
    name: 'db',
    description: 'Databases, behind the web servers',
    subnet: { name: 'db', cidr: '10.20.0.0/24', gatewayIp: null },
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
  const [host] = (await api.compute.hosts.list.query({})).items
  return {
    instance: servers[0]!,
    failed: failed!,
    resized: night!,
    image,
    network: web.id,
    group: group.id,
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
