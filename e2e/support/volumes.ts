import { type Api, until } from '@nephos/testbed'

/** Ids of what {@link makeVolumes} made, for the addresses of their pages. */
export interface Volumes {
  volume: string
  snapshot: string
  type: string
  backend: string
  backup: string
}

const resting = (api: Api, ids: readonly string[], wanted: readonly string[]) =>
  until(
    `volumes are ${wanted.join(' or ')}`,
    async () => {
      const rows = await Promise.all(ids.map((id) => api.volume.volumes.show.query({ id })))
      return rows.every(({ status }) => wanted.includes(status) || status === 'error')
    },
    { timeoutMs: 120_000 },
  )

/** A full backup and an incremental one. @returns id of the second */
async function makeBackups(api: Api, volumeId: string): Promise<string> {
  const ids: string[] = []
  for (const [name, incremental] of [
    ['monday', false],
    ['tuesday', true],
  ] as const) {
    const { backup } = await api.volume.backups.create.mutate({ volumeId, name, incremental, force: true })
    await until(
      'the backup is made',
      async () => (await api.volume.backups.show.query({ id: backup.id })).status !== 'creating',
      { timeoutMs: 120_000 },
    )
    ids.push(backup.id)
  }
  return ids[1]!
}

/** Volumes as a small team has them: one that an instance uses, with snapshots; one to boot from; one on offer. */
export async function makeVolumes(api: Api, instanceId: string, imageId: string): Promise<Volumes> {
  const qos = await api.volume.qosSpecs.create.mutate({
    name: 'steady',
    specs: { total_iops_sec: '500', total_iops_sec_max: '2000', total_bytes_sec: '52428800' },
  })
  const type = await api.volume.types.create.mutate({
    name: 'shop',
    description: 'For the shop: limited, so that one database does not slow down all others',
    qosSpecId: qos.id,
    extraSpecs: { live_snapshot: '<is> True' },
  })
  await api.volume.types.create.mutate({
    name: 'sealed',
    description: 'For what must not be read on a stolen disk',
    encryption: {},
  })
  const make = async (name: string, sizeGib: number, more = {}) =>
    (await api.volume.volumes.create.mutate({ name, sizeGib, ...more })).volume.id
  const data = await make('shop-data', 20, {
    typeId: type.id,
    description: 'Orders and customers',
    metadata: { service: 'shop', owner: 'operations' },
  })
  const root = await make('shop-root', 4, { imageId })
  const archive = await make('archive-2025', 40)
  await resting(api, [data, root, archive], ['available'])
  await api.compute.instances.attachVolume.mutate({ id: instanceId, volumeId: data })
  await resting(api, [data], ['in_use'])
  const taken: string[] = []
  for (const name of ['before-upgrade', 'after-upgrade']) {
    const { snapshot } = await api.volume.snapshots.create.mutate({
      volumeId: data,
      name,
      description: 'Shop 4.2',
    })
    await until(
      'the snapshot is there',
      async () => (await api.volume.snapshots.show.query({ id: snapshot.id })).status !== 'creating',
      { timeoutMs: 60_000 },
    )
    taken.push(snapshot.id)
  }
  await api.volume.transfers.create.mutate({ volumeId: archive, name: 'for the auditors' })
  const backup = await makeBackups(api, data)
  const [backend] = (await api.volume.backends.list.query({})).items
  return { volume: data, snapshot: taken[1]!, type: type.id, backend: backend!.id, backup }
}
