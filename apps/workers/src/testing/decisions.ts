import { addAggregateHost, createAggregate, createServerGroup, type ScheduleRequest } from '@nephos/core'
import { createTestCloud, ctxFor, makeNetwork, type TestCloud } from '@nephos/core/testing'
import { newId } from '@nephos/db'
import { prepareTemplate, startTestPostgres, testServerVariable } from '@nephos/db/testing'
import { batched } from '../scheduler/batch.ts'
import { intake } from '../scheduler/intake.ts'
import { openScheduler } from '../scheduler/open.ts'
import { schedule } from '../scheduler/schedule.ts'
import { makeWorkerTenant, type WorkerTenant } from './tenant.ts'

// Measures how many instances one scheduler places in a second, choice and claim together, in a cloud of 1,000 hosts
// with 20,000 instances, on a PostgreSQL of its own. A program: it prints one line of JSON.

const hosts = 1_000
const onEach = 20
const warmUp = 640
const measured = 1_920
/** Hosts of each aggregate; every fourth aggregate is for flavors that ask for SSDs. */
const aggregateSize = 50

/** What the program prints. */
export interface Decisions {
  hosts: number
  instances: number
  placed: number
  seconds: number
  /** Processor time of the scheduler itself. */
  processorSeconds: number
}

const some = (count: number) => Array.from({ length: count }, (_, index) => index)

async function makeHosts({ db }: TestCloud): Promise<string[]> {
  const rows = some(hosts).map((index) => ({
    id: newId(),
    name: `host-${index}`,
    vcpus: 64,
    ramMib: 262_144,
    diskGib: 4_000,
    // No two are alike: every choice has a best one.
    usedVcpus: onEach + (index % 17),
    usedRamMib: onEach * 2_048 + (index % 31) * 512,
    usedDiskGib: onEach * 20 + (index % 13),
    instanceCount: onEach,
    zone: `zone-${index % 4}`,
    computeDriver: 'simulated',
    networkDriver: 'simulated',
    facts: { architecture: 'x64' },
  }))
  await db.host.createMany({ data: rows })
  // Up for as long as it all takes, though nobody says so again.
  const seen = {
    pid: 1,
    version: 'bench',
    startedAt: new Date(),
    lastSeenAt: new Date(Date.now() + 3_600_000),
  }
  for (const role of ['compute', 'network'])
    await db.service.createMany({
      data: rows.map(({ id, name }) => ({ id: newId(), role, hostId: id, hostName: name, ...seen })),
    })
  return rows.map(({ id }) => id)
}

async function makeInstances({ db }: TestCloud, hostIds: string[], { projectId }: WorkerTenant) {
  const size = { vcpus: 1, ramMib: 2_048, diskGib: 20 }
  for (const [batch, hostId] of hostIds.entries()) {
    const ids = some(onEach).map(() => newId())
    await db.instance.createMany({
      data: ids.map((id, index) => ({
        id,
        name: `old-${batch}-${index}`,
        hostname: `old-${batch}-${index}`,
        projectId,
        userId: 'bench',
        hostId,
        vmState: 'active' as const,
        powerState: 1,
        flavorId: 'bench',
        flavorName: 'bench',
        metadata: {},
        reservationId: 'r-bench',
        ...size,
      })),
    })
    await db.allocation.createMany({
      data: ids.map((id) => ({ consumerId: id, instanceId: id, hostId, ...size })),
    })
  }
}

async function makeAggregates(cloud: TestCloud, hostIds: string[]): Promise<void> {
  const ctx = ctxFor(cloud, { systemRole: 'admin' })
  for (const first of some(hosts / aggregateSize)) {
    const metadata: Record<string, string> =
      first % 4 === 0 ? { ssd: 'true' } : { ram_weight_multiplier: '2' }
    const { id } = await createAggregate({ ctx, input: { name: `aggregate-${first}`, metadata } })
    const [one, ...others] = hostIds.slice(first * aggregateSize, (first + 1) * aggregateSize)
    await addAggregateHost({ ctx, input: { id, hostId: one! } })
    await cloud.db.aggregateHost.createMany({ data: others.map((hostId) => ({ aggregateId: id, hostId })) })
  }
}

/** Instances that wait: most ask for nothing special, some for a zone, some for SSDs, some to be apart. */
async function makeRequests(cloud: TestCloud, tenant: WorkerTenant): Promise<ScheduleRequest[]> {
  const ssd = await cloud.db.flavor.create({
    data: { id: newId(), name: 'ssd', vcpus: 1, ramMib: 2_048, diskGib: 20, extraSpecs: { ssd: 'true' } },
  })
  const network = await makeNetwork(cloud, {
    projectId: tenant.projectId,
    subnet: { cidr: '10.64.0.0/12', pools: [{ start: '10.64.0.2', end: '10.79.255.254' }] },
  })
  const requests: ScheduleRequest[] = []
  for (const turn of some((warmUp + measured) / 64)) {
    const kind = turn % 8
    const group =
      kind === 3
        ? await createServerGroup({
            ctx: tenant.ctx,
            input: { name: `group-${turn}`, policy: 'anti-affinity' },
          })
        : null
    const created = await tenant.create({
      count: 64,
      networkIds: [network.id],
      ...(kind === 1 && { availabilityZone: 'zone-1' }),
      ...(kind === 2 && { flavorId: ssd.id }),
      ...(group && { serverGroupId: group.id }),
    })
    requests.push(...created.map(({ id, operationId }) => ({ instanceId: id, operationId })))
  }
  return requests
}

/** Places them as the worker does: so many at a time. */
async function placeAll(requests: ScheduleRequest[], enqueue: (request: ScheduleRequest) => Promise<void>) {
  let next = 0
  await Promise.all(
    some(intake.concurrency).map(async () => {
      while (next < requests.length) await enqueue(requests[next++]!)
    }),
  )
}

async function measure(cloud: TestCloud): Promise<Decisions> {
  const hostIds = await makeHosts(cloud)
  const tenant = await makeWorkerTenant(cloud, { ramMib: 2_048, diskGib: 20 })
  await makeInstances(cloud, hostIds, tenant)
  await makeAggregates(cloud, hostIds)
  const requests = await makeRequests(cloud, tenant)
  await cloud.db.$executeRawUnsafe('ANALYZE')
  const state = await openScheduler(cloud.services, 'bench')
  const enqueue = batched<ScheduleRequest>(intake.largestBatch, (batch) => schedule(state, batch))
  await placeAll(requests.slice(0, warmUp), enqueue)
  const processor = process.cpuUsage()
  const start = performance.now()
  await placeAll(requests.slice(warmUp), enqueue)
  const seconds = (performance.now() - start) / 1_000
  const { user, system } = process.cpuUsage(processor)
  const placed = await cloud.db.scheduleAttempt.count({ where: { chosenHost: { not: null } } })
  if (placed !== requests.length) {
    const refused = await cloud.db.operation.findFirst({ where: { errorMessage: { not: null } } })
    throw new Error(`${placed} of ${requests.length} were placed: ${refused?.errorMessage}`)
  }
  return {
    hosts,
    instances: hosts * onEach,
    placed: measured,
    seconds,
    processorSeconds: (user + system) / 1e6,
  }
}

const server = await startTestPostgres()
process.env[testServerVariable] = server.url
try {
  await prepareTemplate(server.url)
  const cloud = await createTestCloud({ services: { relay: { kick: () => undefined } } })
  try {
    process.stdout.write(`${JSON.stringify(await measure(cloud))}\n`)
  } finally {
    await cloud.close()
  }
} finally {
  await server.stop()
}
