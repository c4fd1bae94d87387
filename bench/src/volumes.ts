import { type Api, signIn, type TestCloud, until } from '@nephos/testbed'
import { percentile, timed } from './measure.ts'
import { type Row, row } from './report.ts'

const rounds = 7
const diskGib = 10

/**
 * How long a volume takes to come to a guest that runs, for each kind of back end, and to be made from an image that
 * the host has.
 */
export async function volumeWork(cloud: TestCloud, notes: string[]): Promise<Row[]> {
  const { api } = await signIn(cloud.apiUrl, {
    name: 'admin',
    password: cloud.adminPassword,
    project: 'demo',
  })
  const kinds = (await api.volume.backends.list.query({})).items
    .filter(({ trouble, driver }) => trouble === null && driver !== 'simulated')
    .map(({ driver }) => driver)
  if (kinds.length === 0) return []
  const { items: images } = await api.image.images.list.query({ search: 'nephos-tiny' })
  const imageId = images[0]!.id
  const { items: networks } = await api.network.networks.list.query({ external: false })
  const { instances } = await api.compute.instances.create.mutate({
    name: 'bench-volumes',
    flavorId: '42',
    imageId,
    networkIds: [networks[0]!.id],
  })
  const { id } = instances[0]!
  await until(
    'the guest is ready',
    async () => (await api.compute.instances.show.query({ id })).guestReadyAt,
    {
      timeoutMs: 120_000,
    },
  )
  const attach = new Map<string, number>()
  for (const kind of kinds) {
    const volume = await make(api, { typeId: kind, sizeGib: 1 })
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      times.push(
        await timed(async () => {
          await api.compute.instances.attachVolume.mutate({ id, volumeId: volume })
          await reach(api, volume, 'in_use')
        }),
      )
      await api.compute.instances.detachVolume.mutate({ id, volumeId: volume })
      await reach(api, volume, 'available')
    }
    attach.set(kind, percentile(times, 0.5))
    await api.volume.volumes.delete.mutate({ id: volume })
  }
  const made: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    const volume = await make(api, { imageId, sizeGib: diskGib })
    made.push(performance.now() - start)
    await api.volume.volumes.delete.mutate({ id: volume })
  }
  await api.compute.instances.delete.mutate({ id })
  const each = [...attach].map(([kind, ms]) => `${kind} ${ms.toFixed(0)} ms`)
  notes.push(`a volume attached to a running guest, p50: ${each.join(', ')}`)
  return [
    row('volume attached, slowest kind, p50', Math.max(...attach.values()), { below: 1_000 }, 'ms'),
    row(`volume of ${diskGib} GiB from a cached image, p50`, percentile(made, 0.5), { below: 1_000 }, 'ms'),
  ]
}

async function make(
  api: Api,
  input: Parameters<Api['volume']['volumes']['create']['mutate']>[0],
): Promise<string> {
  const { volume } = await api.volume.volumes.create.mutate(input)
  await reach(api, volume.id, 'available')
  return volume.id
}

const reach = (api: Api, id: string, wanted: string) =>
  until(
    `the volume is ${wanted}`,
    async () => {
      const { status, failure } = await api.volume.volumes.show.query({ id })
      if (status === 'error') throw new Error(`the volume failed: ${failure}`)
      return status === wanted
    },
    { timeoutMs: 60_000, everyMs: 10 },
  )
