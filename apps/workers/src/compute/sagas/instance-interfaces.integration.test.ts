import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  attachInterface,
  createPort,
  deleteInstance,
  deletePort,
  detachInterface,
  stopInstance,
} from '@nephos/core'
import { createTestCloud, makeHost, makeNetwork, type TestCloud } from '@nephos/core/testing'
import { runSaga, type Saga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NetworkStandIn } from '../../testing/network-stand-in.ts'
import { makeWorkerTenant, type WorkerTenant } from '../../testing/tenant.ts'
import type { ComputeDeps } from '../deps.ts'
import { SimulatedDriver } from '../drivers/simulated/driver.ts'
import { instanceAttachInterface } from './instance-attach-interface.ts'
import { instanceCreate } from './instance-create.ts'
import { instanceDelete } from './instance-delete.ts'
import { instanceDetachInterface } from './instance-detach-interface.ts'
import { instanceStop } from './instance-stop.ts'
import type { InterfaceState } from './interface.ts'

const hostName = 'host1'
const network = new NetworkStandIn()
let cloud: TestCloud
let instancesDir: string
let tenant: WorkerTenant
let second: { id: string }
let deps: ComputeDeps
let hostId: string

beforeAll(async () => {
  instancesDir = await mkdtemp(join(tmpdir(), 'nephos-interfaces-'))
  cloud = await createTestCloud({ services: { ask: network.ask } })
  hostId = (await makeHost(cloud, { name: hostName })).id
  tenant = await makeWorkerTenant(cloud)
  second = await makeNetwork(cloud, {
    projectId: tenant.projectId,
    subnet: {
      cidr: '10.7.0.0/20',
      gatewayIp: '10.7.0.1',
      pools: [{ start: '10.7.0.2', end: '10.7.15.254' }],
    },
  })
  const driver = new SimulatedDriver({
    instancesDir,
    vcpus: 1,
    ramMib: 1,
    diskGib: 1,
    consoleLogBytes: 65_536,
    bootMs: 1,
  })
  deps = { services: cloud.services, driver, hostName, log: pino({ level: 'silent' }) }
})
afterAll(async () => {
  await deps.driver.close()
  await cloud.close()
  await rm(instancesDir, { recursive: true, force: true })
})

const run = <S>(saga: Saga<S>, operationId: string) =>
  runSaga(testTools(cloud.db), saga, operationId, { last: true })

async function active(name = 'web'): Promise<string> {
  const [created] = await tenant.create({ name })
  const { id, operationId } = created!
  await cloud.db.instance.update({
    where: { id },
    data: { hostId, taskState: 'networking', generation: { increment: 1 } },
  })
  await run(instanceCreate(deps), operationId)
  return id
}

const portsOf = (instanceId: string) =>
  cloud.db.port.findMany({
    where: { instanceId },
    orderBy: { deviceIndex: 'asc' },
    include: { allocations: true },
  })
const console = async (id: string) => (await deps.driver.readConsole(id, 0, 100_000)).text
const portQuota = async () =>
  (
    await cloud.db.quotaUsage.findFirst({
      where: { scope: 'project', scopeId: tenant.projectId, resource: 'ports' },
    })
  )?.used ?? 0
const portCount = () => cloud.db.port.count({ where: { projectId: tenant.projectId } })

/** Stands for a saga until the driver exists; the tests bind each case to the real one. */
const named = (make: (deps: ComputeDeps) => Saga<InterfaceState>): Saga<InterfaceState> =>
  make({ services: {} as ComputeDeps['services'], driver: {} as ComputeDeps['driver'] } as ComputeDeps)

interface Fixture extends SagaFixture {
  id: string
  portId: string
}

testSaga<InterfaceState, Fixture>(named(instanceAttachInterface), {
  setup: async () => {
    const id = await active()
    const { operationId, portId } = await attachInterface({
      ctx: tenant.ctx,
      input: { id, networkId: second.id },
    })
    return { db: cloud.db, id, operationId, portId }
  },
  sagaFor: () => instanceAttachInterface(deps),
  assertDone: async ({ id, portId }) => {
    const ports = await portsOf(id)
    expect(ports.map(({ deviceIndex }) => deviceIndex)).toEqual([0, 1])
    expect(ports[1]).toMatchObject({ id: portId, networkId: second.id })
    expect(network.wired.has(portId)).toBe(true)
    expect(await console(id)).toContain(`interface ${ports[1]!.macAddress} on tap`)
  },
  assertClean: async ({ id, portId }) => {
    expect(await portsOf(id)).toHaveLength(1)
    expect(await cloud.db.port.findUnique({ where: { id: portId } })).toBeNull()
    expect(await cloud.db.addressAllocation.count({ where: { portId } })).toBe(0)
    expect(network.wired.has(portId)).toBe(false)
    expect(await portQuota()).toBe(await portCount())
  },
})

testSaga<InterfaceState, Fixture>(named(instanceDetachInterface), {
  setup: async () => {
    const id = await active()
    const attached = await attachInterface({ ctx: tenant.ctx, input: { id, networkId: second.id } })
    await run(instanceAttachInterface(deps), attached.operationId)
    const { portId } = attached
    const { operationId } = await detachInterface({ ctx: tenant.ctx, input: { id, portId } })
    return { db: cloud.db, id, operationId, portId }
  },
  sagaFor: () => instanceDetachInterface(deps),
  assertDone: async ({ id, portId }) => {
    expect(await portsOf(id)).toHaveLength(1)
    expect(await cloud.db.port.findUnique({ where: { id: portId } })).toBeNull()
    expect(network.wired.has(portId)).toBe(false)
    expect(await console(id)).toContain(`interface of port ${portId} unplugged`)
    expect(await portQuota()).toBe(await portCount())
  },
  assertClean: async ({ id, portId }) => {
    expect((await portsOf(id)).map((port) => port.id)).toContain(portId)
    expect(network.wired.has(portId)).toBe(true)
  },
})

describe('interfaces of an instance', () => {
  const attach = (input: { id: string; networkId?: string; portId?: string; ip?: string }) =>
    attachInterface({ ctx: tenant.ctx, input })

  it('get the address that was asked for', async () => {
    const id = await active()
    const { operationId, instance } = await attach({ id, networkId: second.id, ip: '10.7.3.77' })
    expect(instance.addresses.map(({ ip }) => ip)).toContain('10.7.3.77')
    await run(instanceAttachInterface(deps), operationId)
    await expect(attach({ id, networkId: second.id, ip: '10.7.3.77' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(attach({ id, networkId: second.id, ip: '192.0.2.1' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(attach({ id })).rejects.toMatchObject({ code: 'invalid_input', field: 'networkId' })
    expect(await portsOf(id)).toHaveLength(2)
  })

  it('a port that a person made stays, after the detach and after the instance', async () => {
    const id = await active()
    const make = () => createPort({ ctx: tenant.ctx, input: { networkId: second.id, name: 'mine' } })
    const [first, other] = [await make(), await make()]
    for (const port of [first, other])
      await run(instanceAttachInterface(deps), (await attach({ id, portId: port.id })).operationId)
    const taken = await active()
    await expect(attach({ id: taken, portId: first.id })).rejects.toMatchObject({
      code: 'conflict',
      field: 'portId',
    })
    const { operationId } = await detachInterface({ ctx: tenant.ctx, input: { id, portId: first.id } })
    await run(instanceDetachInterface(deps), operationId)
    const kept = await cloud.db.port.findUnique({ where: { id: first.id }, include: { allocations: true } })
    expect(kept).toMatchObject({ instanceId: null, deviceOwner: '', deviceIndex: null, status: 'DOWN' })
    expect(kept?.allocations).toHaveLength(1)

    await runDelete(id)
    expect(await cloud.db.port.findUnique({ where: { id: other.id } })).toMatchObject({ instanceId: null })
    expect(await portQuota()).toBe(await portCount())
    // It can be used again.
    await run(instanceAttachInterface(deps), (await attach({ id: taken, portId: other.id })).operationId)
    expect(await portsOf(taken)).toHaveLength(2)
  })

  it('a port that is deleted while it is in use is detached first, whoever made it', async () => {
    const id = await active()
    const port = await createPort({ ctx: tenant.ctx, input: { networkId: second.id } })
    await run(instanceAttachInterface(deps), (await attach({ id, portId: port.id })).operationId)
    const { operationId } = await deletePort({ ctx: tenant.ctx, input: { id: port.id } })
    expect(operationId).not.toBeNull()
    expect(await portsOf(id)).toHaveLength(2)
    await run(instanceDetachInterface(deps), operationId!)
    expect(await portsOf(id)).toHaveLength(1)
    expect(await cloud.db.port.findUnique({ where: { id: port.id } })).toBeNull()
    expect(await portQuota()).toBe(await portCount())
  })

  it('a guest that keeps its interface loses nothing', async () => {
    const id = await active('fail-unplug-web')
    const { operationId, portId } = await attach({ id, networkId: second.id })
    await run(instanceAttachInterface(deps), operationId)
    const detach = await detachInterface({ ctx: tenant.ctx, input: { id, portId } })
    await run(instanceDetachInterface(deps), detach.operationId)
    const operation = await cloud.db.operation.findUniqueOrThrow({ where: { id: detach.operationId } })
    expect(operation).toMatchObject({ status: 'failed', errorCode: 'driver_failed' })
    expect(network.wired.has(portId)).toBe(true)
    expect(await portsOf(id)).toHaveLength(2)
  })

  it('a machine that is off gets it at its next start', async () => {
    const id = await active()
    const { operationId } = await stopInstance({ ctx: tenant.ctx, input: { id } })
    await run(instanceStop(deps), operationId)
    const attached = await attach({ id, networkId: second.id })
    await run(instanceAttachInterface(deps), attached.operationId)
    expect(await console(id)).not.toContain('plugged in')
    expect(await portsOf(id)).toHaveLength(2)
  })

  async function runDelete(id: string) {
    const { operationId } = await deleteInstance({ ctx: tenant.ctx, input: { id } })
    await run(instanceDelete(deps), operationId)
  }
})
