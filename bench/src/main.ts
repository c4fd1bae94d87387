import { setTimeout as sleep } from 'node:timers/promises'
import { startCloud } from '@nephos/testbed'
import { type Bed, openBed, startSimulatedCloud } from './bed.ts'
import { decisions } from './decisions.ts'
import { measureGuests } from './guest.ts'
import { imageTransfers } from './images.ts'
import { busyWarning, machine, parallel, percentile, timed } from './measure.ts'
import { type Row, row, table } from './report.ts'
import { routerChanges } from './routers.ts'
import { ruleChanges } from './rules.ts'
import { volumeWork } from './volumes.ts'

const burst = 200
/** After this many creates the processes have compiled what they run all day. */
const warmUp = 600
const listed = 1_000
const listeners = 50
const changes = 20

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)
const perProcess = (values: Map<string, number>, unit: string, digits: number) =>
  `${[...values].map(([name, value]) => `${name} ${value.toFixed(digits)}`).join(', ')} ${unit}`

/** One client, one create after the other. */
async function accept({ create, active, allActive }: Bed): Promise<Row> {
  const before = active.size
  const times: number[] = []
  for (let index = 0; index < 50; index++) {
    times.push(await timed(() => create(`accept-${index}`)))
    await sleep(20)
  }
  await allActive(before + times.length)
  return row('create accepted, p50', percentile(times, 0.5), { below: 25 }, 'ms')
}

/** Many clients at once, until the last instance is seen ACTIVE by an open page. */
async function createBurst(bed: Bed, notes: string[]): Promise<Row> {
  bed.active.clear()
  const before = bed.processorTime()
  const start = performance.now()
  await parallel(burst, 8, async (index) => void (await bed.create(`burst-${index}`)))
  await bed.allActive(burst)
  const seconds = (Math.max(...bed.active.values()) - start) / 1_000
  const used = new Map([...bed.processorTime()].map(([name, value]) => [name, value - before.get(name)!]))
  const total = sum(used.values())
  notes.push(
    `processor time of the burst: ${total.toFixed(1)} s (${perProcess(used, 's', 2)}), ${((1_000 * total) / burst).toFixed(0)} ms an instance`,
  )
  return row(
    `create → ACTIVE, burst of ${burst} at concurrency 8`,
    burst / seconds,
    { atLeast: 40 },
    'instances/s',
  )
}

async function list({ active, allActive, create, readList, api }: Bed): Promise<Row> {
  active.clear()
  const batches = listed / 100
  for (let batch = 0; batch < batches; batch++) await create(`fill-${batch}`, 100)
  await allActive(listed)
  const { items } = await api.compute.instances.list.query({ limit: listed })
  if (items.length !== listed) throw new Error(`the list has ${items.length} rows`)
  for (let index = 0; index < 10; index++) await readList(listed)
  const times: number[] = []
  for (let index = 0; index < 50; index++) times.push(await timed(() => readList(listed)))
  return row(`instance list of ${listed} rows, p50`, percentile(times, 0.5), { below: 60 }, 'ms')
}

async function events({ dashboard, api, networkId }: Bed, signal: AbortSignal): Promise<Row> {
  const delays: number[] = []
  const listen = () =>
    dashboard.listen(signal, ({ data }) => {
      const { noun, at, change } = JSON.parse(data)
      if (noun === 'network' && change === 'updated') delays.push(Date.now() - Date.parse(at))
    })
  await Promise.all(Array.from({ length: listeners }, listen))
  for (let index = 0; index < changes; index++) {
    await api.network.networks.update.mutate({ id: networkId, description: `event ${index}` })
    await sleep(100)
  }
  await sleep(1_000)
  if (delays.length < listeners * changes)
    throw new Error(`only ${delays.length} of ${listeners * changes} events arrived`)
  return row(
    `event to browser, ${listeners} subscribers, p50`,
    percentile(delays, 0.5),
    { below: 100 },
    'ms',
    ` (p99 ${percentile(delays, 0.99).toFixed(0)})`,
  )
}

const warning = busyWarning()
const cloud = await startSimulatedCloud()
const stop = new AbortController()
const rows: Row[] = []
const notes: string[] = []
try {
  const bed = await openBed(cloud, stop.signal)
  // Idle first: nothing has grown the heaps yet but the start itself.
  await sleep(5_000)
  const memory = bed.memory()
  notes.push(`memory at idle: ${perProcess(memory, 'MB', 0)}`)

  const cold = await timed(async () => {
    await parallel(burst, 8, async (index) => void (await bed.create(`cold-${index}`)))
    await bed.allActive(burst)
  })
  notes.push(`the first ${burst} creates after the start: ${((1_000 * burst) / cold).toFixed(1)} instances/s`)
  await parallel(warmUp - burst, 8, async (index) => void (await bed.create(`warm-up-${index}`)))
  await bed.allActive(warmUp)
  rows.push(await createBurst(bed, notes))
  rows.push(await accept(bed))
  rows.push(await list(bed))
  rows.push(await events(bed, stop.signal))
  rows.push(row('memory of the control plane at idle', sum(memory.values()), { below: 900 }, 'MB'))
} finally {
  stop.abort()
  await cloud.destroy()
}
const guests = await measureGuests()
if (guests) {
  rows.push(
    row(
      'control plane’s share of create → ACTIVE, real guest, p50',
      guests.controlPlane,
      { below: 300 },
      'ms',
    ),
  )
  const steps = [...guests.steps].map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(', ')
  notes.push(
    `create → ACTIVE of a real guest: ${guests.total.toFixed(0)} ms (${steps} ms), the first on its host ${guests.first.toFixed(0)} ms`,
  )
} else notes.push('no real guest was measured: this machine only simulates (see `./nephos doctor`)')
const storing = await startCloud()
try {
  rows.push(...(await imageTransfers(storing, notes)))
  rows.push(...(await volumeWork(storing, notes)))
} finally {
  await storing.destroy()
}
// Alone: the cloud and it would measure each other.
rows.push(await decisions(notes))
const routers = await routerChanges(notes)
if (routers) rows.push(routers)
const rules = await ruleChanges(notes)
if (rules) rows.push(rules)
console.log(`\n${machine()}\n\n${table(rows)}\n\n${notes.map((note) => `- ${note}`).join('\n')}`)
if (warning) console.log(`\n${warning}`)
process.exit(rows.every(({ good }) => good) ? 0 : 1)
