import { type Api, signIn, startCloud } from '@nephos/testbed'
import { percentile } from './measure.ts'
import { DashboardSession } from './sse.ts'

const creates = 12
const patienceMs = 60_000
/** What QEMU itself does; everything else of a create is the control plane's. */
const machineSteps = ['create-disk', 'start-machine']

/** What a create of a real machine took, from the request to the event that an open page gets. */
export interface GuestFigures {
  /** Milliseconds, medians. `controlPlane` is everything but the disk, QEMU and the guest. */
  total: number
  controlPlane: number
  /** The first one prepares the network of the host as well. */
  first: number
  /** Each step, in milliseconds. */
  steps: Map<string, number>
}

/**
 * Creates real machines one after the other on a cloud of its own, and takes the machine's own share off.
 * @returns null where this machine only simulates
 */
export async function measureGuests(): Promise<GuestFigures | null> {
  const cloud = await startCloud()
  const stop = new AbortController()
  try {
    if (cloud.info().simulated) return null
    const { api } = await signIn(cloud.apiUrl, {
      name: 'admin',
      password: cloud.adminPassword,
      project: 'demo',
    })
    const network = await api.network.networks.create.mutate({
      name: 'bench',
      subnet: { cidr: '10.64.0.0/24' },
    })
    const { items: images } = await api.image.images.list.query({ search: 'nephos-tiny' })
    const seen = new Map<string, (at: number) => void>()
    const dashboard = new DashboardSession(cloud.webUrl, cloud.adminPassword)
    await dashboard.open('demo')
    await dashboard.listen(stop.signal, ({ data }) => {
      const { noun, id, change, data: row } = JSON.parse(data)
      if (noun !== 'instance') return
      if (change === 'deleted') seen.get(`${id} gone`)?.(performance.now())
      else if (row?.status === 'ACTIVE' && !row.taskState) seen.get(`${id} active`)?.(performance.now())
    })
    const event = (what: string) =>
      new Promise<number>((resolve, reject) => {
        seen.set(what, resolve)
        setTimeout(() => reject(new Error(`no event: ${what}`)), patienceMs).unref()
      })
    const samples: Sample[] = []
    for (let index = 0; index < creates; index++) {
      const start = performance.now()
      const { instances } = await api.compute.instances.create.mutate({
        name: `guest-${index}`,
        flavorId: '42',
        imageId: images[0]!.id,
        networkIds: [network.id],
      })
      const { id, operationId } = instances[0]!
      const end = await event(`${id} active`)
      samples.push({ total: end - start, steps: await stepsOf(api, operationId) })
      const gone = event(`${id} gone`)
      await api.compute.instances.delete.mutate({ id })
      await gone
    }
    return figures(samples)
  } finally {
    stop.abort()
    await cloud.destroy()
  }
}

interface Sample {
  total: number
  steps: Map<string, number>
}

async function stepsOf(api: Api, id: string): Promise<Map<string, number>> {
  const { steps } = await api.operation.operations.show.query({ id })
  return new Map(
    steps.map(({ name, startedAt, endedAt }) => [
      name,
      startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : 0,
    ]),
  )
}

function figures([first, ...samples]: Sample[]): GuestFigures {
  const median = (value: (sample: Sample) => number) => percentile(samples.map(value), 0.5)
  const machine = ({ steps }: Sample) =>
    machineSteps.reduce((sum, name) => {
      const took = steps.get(name)
      if (took === undefined) throw new Error(`a create has no step ${name}`)
      return sum + took
    }, 0)
  return {
    total: median(({ total }) => total),
    controlPlane: median((sample) => sample.total - machine(sample)),
    first: first!.total,
    steps: new Map(
      [...first!.steps.keys()].map((name) => [name, median(({ steps }) => steps.get(name) ?? 0)]),
    ),
  }
}
