import { setTimeout as sleep } from 'node:timers/promises'
import { signIn, startCloud } from '@nephos/testbed'
import { machine, memoryMib, parallel, percentile, timed } from './measure.ts'
import { DashboardSession } from './sse.ts'

/** One line of the table; `good` says whether the goal is met. */
interface Row {
  what: string
  goal: string
  value: string
  good: boolean
}

const rows: Row[] = []
const cloud = await startCloud({ NEPHOS_COMPUTE_DRIVER: 'simulated', NEPHOS_NETWORK_DRIVER: 'simulated' })
const stop = new AbortController()
try {
  const { api } = await signIn(cloud.apiUrl, {
    name: 'admin',
    password: cloud.adminPassword,
    project: 'demo',
  })
  const session = await api.identity.sessions.current.query({})
  await api.identity.quotas.update.mutate({
    projectId: session.project!.id,
    limits: { instances: 100_000, cores: 100_000, ram: -1, ports: 100_000 },
  })
  const network = await api.network.networks.create.mutate({
    name: 'bench',
    subnet: { cidr: '10.64.0.0/12' },
  })
  const image = (await api.image.images.list.query({})).items.find(({ name }) => name === 'nephos-tiny')!
  const create = (name: string, count = 1) =>
    api.compute.instances.create.mutate({
      name,
      flavorId: '42',
      imageId: image.id,
      networkIds: [network.id],
      count,
    })

  // Idle first: nothing has grown the heaps yet but the start itself.
  await sleep(5_000)
  const processes = cloud.info().processes.map(({ name, pid }) => ({ name, mib: memoryMib(pid) }))
  const total = processes.reduce((sum, { mib }) => sum + mib, 0)
  rows.push({
    what: 'memory of the control plane at idle (PSS)',
    goal: '< 900 MiB',
    value: `${total.toFixed(0)} MiB`,
    good: total < 900,
  })

  // Who hears what: one subscriber times the burst, fifty measure delivery.
  const dashboard = new DashboardSession(cloud.webUrl, cloud.adminPassword)
  await dashboard.open('demo')
  const active = new Map<string, number>()
  await dashboard.listen(stop.signal, ({ data }) => {
    const { noun, id, data: row } = JSON.parse(data)
    if (noun === 'instance' && row?.status === 'ACTIVE' && !row.taskState && !active.has(id))
      active.set(id, performance.now())
  })
  const allActive = async (count: number) => {
    for (const end = Date.now() + 120_000; active.size < count; await sleep(10))
      if (Date.now() > end) throw new Error(`only ${active.size} of ${count} instances became ACTIVE`)
  }

  await create('warm-up', 20)
  await allActive(20)

  const accepts: number[] = []
  for (let index = 0; index < 50; index++) accepts.push(await timed(() => create(`accept-${index}`)))
  await allActive(70)
  const accept = percentile(accepts, 0.5)
  rows.push({
    what: 'create accepted, one client, p50',
    goal: '< 25 ms',
    value: `${accept.toFixed(1)} ms`,
    good: accept < 25,
  })

  active.clear()
  const start = performance.now()
  await parallel(200, 8, async (index) => void (await create(`burst-${index}`)))
  await allActive(200)
  const seconds = (Math.max(...active.values()) - start) / 1000
  const rate = 200 / seconds
  rows.push({
    what: 'create → ACTIVE, burst of 200 at concurrency 8',
    goal: '≥ 40/s',
    value: `${rate.toFixed(1)}/s`,
    good: rate >= 40,
  })

  active.clear()
  for (let batch = 0; batch < 8; batch++) await create(`fill-${batch}`, 100)
  await allActive(800)
  const lists: number[] = []
  for (let index = 0; index < 30; index++)
    lists.push(
      await timed(async () => {
        const { items } = await api.compute.instances.list.query({ limit: 1000 })
        if (items.length !== 1000) throw new Error(`the list has ${items.length} rows`)
      }),
    )
  const list = percentile(lists, 0.5)
  rows.push({
    what: 'instance list of 1,000 rows, p50 (with transfer)',
    goal: '< 60 ms',
    value: `${list.toFixed(1)} ms`,
    good: list < 60,
  })

  const delays: number[] = []
  await Promise.all(
    Array.from({ length: 50 }, () =>
      dashboard.listen(stop.signal, ({ data }) => {
        const { noun, at, change } = JSON.parse(data)
        if (noun === 'network' && change === 'updated') delays.push(Date.now() - Date.parse(at))
      }),
    ),
  )
  for (let index = 0; index < 20; index++) {
    await api.network.networks.update.mutate({ id: network.id, description: `event ${index}` })
    await sleep(100)
  }
  await sleep(1_000)
  if (delays.length < 50 * 20) throw new Error(`only ${delays.length} of 1000 events arrived`)
  const event = percentile(delays, 0.5)
  rows.push({
    what: 'event to browser, 50 subscribers, p50',
    goal: '< 100 ms',
    value: `${event.toFixed(0)} ms (p99 ${percentile(delays, 0.99).toFixed(0)})`,
    good: event < 100,
  })

  console.log(`\n${machine()}\n`)
  console.log('| what | goal | measured | |\n|---|---|---|---|')
  for (const { what, goal, value, good } of rows)
    console.log(`| ${what} | ${goal} | ${value} | ${good ? 'met' : 'MISSED'} |`)
  console.log(`\nmemory: ${processes.map(({ name, mib }) => `${name} ${mib.toFixed(0)}`).join(', ')} MiB`)
} finally {
  stop.abort()
  await cloud.destroy()
}
process.exit(rows.every(({ good }) => good) ? 0 : 1)
