import {
  blockMs,
  blockStart,
  emptyBlock,
  expireMetrics,
  followMetrics,
  gatherCounters,
  hostMetrics,
  hostMetricsSummary,
  instanceMetrics,
  instanceMetricsSummary,
  listInstances,
  type MetricSamples,
  onMetricSamples,
  stopInstance,
  storeBlocks,
} from '@nephos/core'
import { ctxFor, makeHost, makeInstance, makeTenant } from '@nephos/core/testing'
import { newHexId, newId } from '@nephos/db'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { eventually, type LiveCloud, startLiveCloud } from '../../testing/live-cloud.ts'
import { MetricsSampler } from './sampler.ts'

let live: LiveCloud
let id: string
let hostId: string
beforeAll(async () => {
  live = await startLiveCloud({ metricsInterval: 1 })
  const [created] = await live.tenant.create({ name: 'measured' })
  id = created!.id
  await eventually(
    async () => (await live.cloud.db.instance.findUnique({ where: { id } }))?.vmState === 'active',
  )
  hostId = (await live.cloud.db.host.findFirstOrThrow()).id
})
afterAll(() => live.close())

const ctx = () => live.tenant.ctx
const admin = () => ctxFor(live.cloud, { systemRole: 'admin' })
const values = (series: (number | null)[]) => series.filter((value) => value !== null)

test('an instance has measurements of now, from memory, and another project has not', async () => {
  const metrics = await eventually(async () => {
    const plot = await instanceMetrics({ ctx: ctx(), input: { id } })
    return values(plot.series.netRxBytes).length > 0 && plot
  }, 40_000)
  expect(metrics).toMatchObject({ range: '1h', stepSeconds: 10, current: true, vcpus: 1, peaks: null })
  expect(metrics.series.cpu).toHaveLength(360)
  expect(metrics.series.cpu[0]).toBeNull()
  for (const cpu of values(metrics.series.cpu)) expect(cpu).toBeLessThan(70)
  expect(Math.max(...values(metrics.series.netRxBytes))).toBeGreaterThan(0)
  expect(values(metrics.series.memoryUsed).at(-1)).toBeLessThan(metrics.memoryBytes)
  const stranger = (await makeTenant(live.cloud)).ctx
  await expect(instanceMetrics({ ctx: stranger, input: { id } })).rejects.toMatchObject({ code: 'not_found' })
  expect(await instanceMetricsSummary({ ctx: stranger, input: { ids: [id] } })).toEqual({})
})

test('day and hours are joined from what is stored and what is in memory', async () => {
  const now = Date.now()
  const hour = blockStart(now, 1) - 3 * blockMs[1]
  const block = emptyBlock(hour, 60_000, 1, 11)
  block.columns[0]!.fill(12.5)
  block.columns[11]!.fill(99)
  // Of another host: before a move it was there.
  await storeBlocks(live.cloud.db, 'elsewhere', [{ resourceId: id, tier: 1, block }])
  for (const range of ['6h', '24h'] as const) {
    const { series, peaks, from, stepSeconds } = await instanceMetrics({ ctx: ctx(), input: { id, range } })
    const then = Math.floor((hour + 30 * 60_000 - from.getTime()) / (stepSeconds * 1_000))
    expect(series.cpu[then]).toBe(12.5)
    expect(peaks?.cpu[then]).toBe(99)
    expect(series.cpu[then - Math.ceil(3_600 / stepSeconds)]).toBeNull()
    expect(series.cpu.at(-1)).not.toBeNull()
    expect(series.cpu).toHaveLength(360)
  }
})

test('what was measured survives the worker, without a spike', async () => {
  const before = values((await instanceMetrics({ ctx: ctx(), input: { id } })).series.cpu).length
  await live.stopCompute()
  const rows = await live.cloud.db.metricBlock.findMany({
    where: { resourceId: id, hostName: live.hostName },
  })
  expect(rows.map(({ tier }) => tier).sort()).toEqual([0, 1])
  const away = await instanceMetrics({ ctx: ctx(), input: { id } })
  expect(away.current).toBe(false)
  expect(values(away.series.cpu).length).toBeGreaterThanOrEqual(before)
  await live.startCompute()
  const again = await eventually(async () => {
    const plot = await instanceMetrics({ ctx: ctx(), input: { id } })
    return plot.current && values(plot.series.cpu).length > before && plot
  }, 40_000)
  for (const cpu of values(again.series.cpu)) expect(cpu).toBeLessThan(70)
  for (const bytes of values(again.series.netRxBytes)) expect(bytes).toBeLessThan(1_000_000)
})

test('a list of 1,000 with sparklines costs one query and one request more for each page of 100', async () => {
  const { projectId } = live.tenant
  const rows = Array.from({ length: 1_000 }, () => newId())
  await live.cloud.db.instance.createMany({
    data: rows.map((rowId, index) => ({
      id: rowId,
      projectId,
      hostId,
      userId: newHexId(),
      name: `row-${index}`,
      hostname: `row-${index}`,
      vmState: 'active',
      powerState: 1,
      flavorId: 'test',
      flavorName: 'test',
      vcpus: 1,
      ramMib: 128,
      diskGib: 1,
      metadata: {},
      reservationId: 'r-rows',
    })),
  })
  const started = performance.now()
  const { items } = await listInstances({ ctx: ctx(), input: { limit: 1_000 } })
  const listed = performance.now() - started
  expect(items.length).toBe(1_000)
  const ask = vi.fn(ctx().ask)
  const find = vi.spyOn(live.cloud.db.instance, 'findMany')
  const begun = performance.now()
  await instanceMetricsSummary({
    ctx: { ...ctx(), ask: ask as never },
    input: { ids: [id, ...rows.slice(0, 99)] },
  })
  console.info(`list ${listed.toFixed(0)} ms, sparklines of 100 ${(performance.now() - begun).toFixed(0)} ms`)
  expect(ask).toHaveBeenCalledTimes(1)
  expect(find).toHaveBeenCalledTimes(1)
  find.mockRestore()
  await live.cloud.db.instance.deleteMany({ where: { id: { in: rows } } })
})

test('lists show the last half hour; a host that is away only leaves its own out', async () => {
  const dead = await makeHost(live.cloud)
  const lost = await makeInstance(live.cloud, { projectId: live.tenant.projectId, hostId: dead.id })
  const summary = await instanceMetricsSummary({ ctx: ctx(), input: { ids: [id, lost.id] } })
  expect(Object.keys(summary)).toEqual([id])
  expect(summary[id]?.cpu).toHaveLength(30)
  expect(summary[id]?.cpu.at(-1) ?? summary[id]?.cpu.at(-2)).toBeGreaterThan(0)
  expect(summary[id]?.memoryUsed).toBeGreaterThan(0)
  const hosts = await hostMetricsSummary({ ctx: admin(), input: { ids: [hostId, dead.id] } })
  expect(Object.keys(hosts)).toEqual([hostId])
  const plot = await hostMetrics({ ctx: admin(), input: { id: hostId } })
  expect(values(plot.series.cpu).length).toBeGreaterThan(0)
  expect(plot.memoryBytes).toBeGreaterThan(0)
  await live.cloud.db.instance.delete({ where: { id: lost.id } })
  await live.cloud.db.host.delete({ where: { id: dead.id } })
})

test('new measurements are published while somebody looks, and only of what he may see', async () => {
  const heard: MetricSamples[] = []
  const end = onMetricSamples(live.services, live.hostName, (samples) => heard.push(samples))
  const stranger = (await makeTenant(live.cloud)).ctx
  const none = await followMetrics(
    { ...stranger, ask: live.services.ask },
    { instanceIds: [id], hostIds: [] },
  )
  expect(none).toEqual({ ids: new Set(), hostNames: [] })
  await expect(followMetrics(stranger, { instanceIds: [], hostIds: [hostId] })).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(heard).toEqual([])
  const followed = await followMetrics(ctx(), { instanceIds: [id], hostIds: [] })
  expect(followed).toEqual({ ids: new Set([id]), hostNames: [live.hostName] })
  await eventually(async () => heard.length >= 2)
  end?.()
  expect(Object.keys(heard[0]!.values)).toEqual([id])
  expect(heard[0]!.values[id]).toHaveLength(11)
})

test('Prometheus gets counters of what runs, and nothing of what was stopped', async () => {
  await expect(gatherCounters(ctx())).rejects.toMatchObject({ code: 'forbidden' })
  const [host] = await gatherCounters(admin())
  expect(host?.counters?.host?.cpuSeconds).toBeGreaterThan(0)
  const mine = host?.counters?.instances.find((instance) => instance.id === id)
  expect(mine).toMatchObject({ name: 'measured', projectId: live.tenant.projectId })
  expect(mine?.cpuSeconds).toHaveLength(1)
  expect(mine?.ports).toHaveLength(1)
  await stopInstance({ ctx: ctx(), input: { id } })
  await eventually(async () => {
    const [after] = await gatherCounters(admin())
    return after?.counters?.instances.every((instance) => instance.id !== id)
  })
})

test('the worker writes few rows, and the reconciler deletes them when their time is over', async () => {
  const { db } = live.cloud
  let now = blockStart(Date.now(), 1) - 30 * blockMs[1]
  const resource = newId()
  const hostName = 'long-lived'
  const sampler = new MetricsSampler({
    services: live.services,
    driver: {
      samples: async () => ({
        machines: [],
        links: new Map(),
        host: {
          at: now,
          cpuNs: now * 1e5,
          cpus: 1,
          load: 1,
          memoryUsed: 1,
          memoryTotal: 2,
          diskUsed: 1,
          diskTotal: 2,
          disk: null,
          network: null,
        },
      }),
    },
    hostName,
    hostId: resource,
    log: live.services.log,
    intervalMs: 10_000,
    publish: () => undefined,
  })
  const count = () => db.metricBlock.count({ where: { hostName } })
  let written = 0
  let most = 0
  for (let step = 0; step < 30 * 360; step++, now += 10_000) {
    await sampler.look()
    if (step % 6 === 5) written += await sampler.flush(now)
    if (step % 360 === 359) {
      await expireMetrics(live.services, new Date(now))
      most = Math.max(most, await count())
    }
  }
  // 13 quarters of three hours, 26 hours of a day.
  expect(most).toBeLessThanOrEqual(13 + 26)
  expect(await count()).toBeGreaterThan(30)
  // Each quarter is written at most four times while it grows, and each hour once.
  expect(written / 30).toBeLessThanOrEqual(4 * 4 + 1)
  await expireMetrics(live.services, new Date(now + 26 * blockMs[1]))
  expect(await count()).toBe(0)
})
