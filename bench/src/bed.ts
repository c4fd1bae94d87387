import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, signIn, startCloud, type TestCloud } from '@nephos/testbed'
import { memoryMb, processorSeconds } from './measure.ts'
import { DashboardSession } from './sse.ts'

const patienceMs = 180_000
const imageBytes = 1_048_576

/** A cloud with everything the measurements need, and one page that watches it. */
export interface Bed {
  api: Api
  networkId: string
  dashboard: DashboardSession
  /** Instances that the page has seen ACTIVE, and when. */
  active: Map<string, number>
  allActive: (count: number) => Promise<void>
  create: (name: string, count?: number) => Promise<unknown>
  /** Reads the list as a script does, to the last byte. @returns how many bytes */
  readList: (limit: number) => Promise<number>
  /** Of each process of the cloud. */
  memory: () => Map<string, number>
  processorTime: () => Map<string, number>
}

/** Prepares a cloud for measurements: quota, a large network, an image of its own, a page that listens. */
export async function openBed(cloud: TestCloud, signal: AbortSignal): Promise<Bed> {
  const account = { name: 'admin', password: cloud.adminPassword, project: 'demo' }
  const { api, token } = await signIn(cloud.apiUrl, account)
  const authorization = `Bearer ${token}`
  const session = await api.identity.sessions.current.query({})
  const limits = { instances: -1, cores: -1, ram: -1, ports: -1 }
  await api.identity.quotas.update.mutate({ projectId: session.project!.id, limits })
  const network = await api.network.networks.create.mutate({
    name: 'bench',
    subnet: { cidr: '10.64.0.0/12' },
  })
  const image = await api.image.images.create.mutate({
    name: 'bench',
    diskFormat: 'raw',
    containerFormat: 'bare',
  })
  const upload = await fetch(`${cloud.apiUrl}/image/v2/images/${image.id}/file`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(imageBytes),
  })
  if (!upload.ok) throw new Error(`the image was not taken: ${await upload.text()}`)

  const dashboard = new DashboardSession(cloud.webUrl, cloud.adminPassword)
  await dashboard.open('demo')
  const active = new Map<string, number>()
  await dashboard.listen(signal, ({ data }) => {
    const { noun, id, data: row } = JSON.parse(data)
    if (noun === 'instance' && row?.status === 'ACTIVE' && !row.taskState && !active.has(id))
      active.set(id, performance.now())
  })
  const each = (measure: (pid: number) => number) => {
    const { processes, supervisor } = cloud.info()
    const values = new Map(processes.map(({ name, pid }) => [name, measure(pid)]))
    // The others are its children.
    const all = measure(supervisor.pid)
    return values.set(
      'supervisor',
      Math.max(
        0,
        [...values.values()].reduce((rest, value) => rest - value, all),
      ),
    )
  }
  return {
    api,
    networkId: network.id,
    dashboard,
    active,
    allActive: async (count) => {
      for (const end = Date.now() + patienceMs; active.size < count; await sleep(5))
        if (Date.now() > end) throw new Error(`only ${active.size} of ${count} instances became ACTIVE`)
    },
    create: (name, count = 1) =>
      api.compute.instances.create.mutate({
        name,
        flavorId: '42',
        imageId: image.id,
        networkIds: [network.id],
        count,
      }),
    readList: async (limit) => {
      const input = encodeURIComponent(JSON.stringify({ json: { limit } }))
      const answer = await fetch(`${cloud.apiUrl}/trpc/compute.instances.list?input=${input}`, {
        headers: { authorization },
      })
      const body = await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`the list answered ${answer.status}`)
      return body.byteLength
    },
    memory: () => each(memoryMb),
    processorTime: () => each(processorSeconds),
  }
}

/** A simulated cloud of its own. */
export const startSimulatedCloud = (): Promise<TestCloud> =>
  startCloud({ NEPHOS_COMPUTE_DRIVER: 'simulated', NEPHOS_NETWORK_DRIVER: 'simulated' })
