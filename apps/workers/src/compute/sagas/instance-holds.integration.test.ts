import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Ctx,
  deleteInstance,
  type InstanceAction,
  pauseInstance,
  rescueInstance,
  restoreInstance,
  resumeInstance,
  stopInstance,
  suspendInstance,
  unpauseInstance,
  unrescueInstance,
  type VmStateName,
} from '@nephos/core'
import { createTestCloud, makeHost, type TestCloud } from '@nephos/core/testing'
import { runSaga, type Saga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NetworkStandIn } from '../../testing/network-stand-in.ts'
import { makeWorkerTenant, type WorkerTenant } from '../../testing/tenant.ts'
import type { ComputeDeps } from '../deps.ts'
import { SimulatedDriver } from '../drivers/simulated/driver.ts'
import { instanceCreate } from './instance-create.ts'
import { instancePause, instanceUnpause } from './instance-pause.ts'
import { instanceRescue, instanceUnrescue } from './instance-rescue.ts'
import { instanceRestore, instanceSoftDelete } from './instance-soft-delete.ts'
import { instanceStop } from './instance-stop.ts'
import { instanceResume, instanceSuspend } from './instance-suspend.ts'
import type { InstanceState } from './load.ts'
import { vmStateNow } from './vm-state-now.ts'

const hostName = 'host1'
const network = new NetworkStandIn()
let cloud: TestCloud
let instancesDir: string
let tenant: WorkerTenant
let withBin: Ctx
let deps: ComputeDeps
let hostId: string

beforeAll(async () => {
  instancesDir = await mkdtemp(join(tmpdir(), 'nephos-holds-'))
  cloud = await createTestCloud({ services: { ask: network.ask } })
  hostId = (await makeHost(cloud, { name: hostName })).id
  tenant = await makeWorkerTenant(cloud)
  withBin = { ...tenant.ctx, config: { ...tenant.ctx.config, reclaimInstanceInterval: 3600 } }
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

const run = (saga: Saga<InstanceState>, operationId: string) =>
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

type Ask = (id: string) => Promise<{ operationId: string }>
const ask: Partial<Record<InstanceAction, Ask>> & Record<string, Ask> = {
  pause: (id) => pauseInstance({ ctx: tenant.ctx, input: { id } }),
  unpause: (id) => unpauseInstance({ ctx: tenant.ctx, input: { id } }),
  suspend: (id) => suspendInstance({ ctx: tenant.ctx, input: { id } }),
  resume: (id) => resumeInstance({ ctx: tenant.ctx, input: { id } }),
  rescue: (id) => rescueInstance({ ctx: tenant.ctx, input: { id } }),
  unrescue: (id) => unrescueInstance({ ctx: tenant.ctx, input: { id } }),
  stop: (id) => stopInstance({ ctx: tenant.ctx, input: { id } }),
  delete: (id) => deleteInstance({ ctx: withBin, input: { id } }),
  restore: (id) => restoreInstance({ ctx: withBin, input: { id } }),
}
const sagas: Record<string, (deps: ComputeDeps) => Saga<InstanceState>> = {
  pause: instancePause,
  unpause: instanceUnpause,
  suspend: instanceSuspend,
  resume: instanceResume,
  rescue: instanceRescue,
  unrescue: instanceUnrescue,
  stop: instanceStop,
  delete: instanceSoftDelete,
  restore: instanceRestore,
}

/** An instance to which these actions were done one after the other. */
async function after(...actions: string[]): Promise<string> {
  const id = await active()
  for (const action of actions) await run(sagas[action]!(deps), (await ask[action]!(id)).operationId)
  return id
}

const stateOf = (id: string) =>
  cloud.db.instance.findUniqueOrThrow({ where: { id }, include: { ports: true } })
const isWired = async (id: string) => (await stateOf(id)).ports.every((port) => network.wired.has(port.id))

interface Fixture extends SagaFixture {
  id: string
  before: VmStateName
}

interface Case {
  action: string
  /** What was done to the instance before. */
  given: string[]
  done: { vmState: VmStateName; powerState: number; wired: boolean; rescued?: boolean; inBin?: boolean }
}

const cases: Case[] = [
  { action: 'pause', given: [], done: { vmState: 'paused', powerState: 3, wired: true } },
  { action: 'unpause', given: ['pause'], done: { vmState: 'active', powerState: 1, wired: true } },
  { action: 'suspend', given: [], done: { vmState: 'suspended', powerState: 7, wired: false } },
  { action: 'resume', given: ['suspend'], done: { vmState: 'active', powerState: 1, wired: true } },
  { action: 'rescue', given: [], done: { vmState: 'rescued', powerState: 1, wired: true, rescued: true } },
  { action: 'unrescue', given: ['rescue'], done: { vmState: 'active', powerState: 1, wired: true } },
  {
    action: 'delete',
    given: [],
    done: { vmState: 'soft_deleted', powerState: 4, wired: false, inBin: true },
  },
  { action: 'restore', given: ['delete'], done: { vmState: 'active', powerState: 1, wired: true } },
]

/** Stands for a saga until the driver exists; the tests bind each case to the real one. */
const named = (make: (deps: ComputeDeps) => Saga<InstanceState>): Saga<InstanceState> =>
  make({ services: {} as ComputeDeps['services'], driver: {} as ComputeDeps['driver'] } as ComputeDeps)

for (const { action, given, done } of cases)
  testSaga<InstanceState, Fixture>(named(sagas[action]!), {
    setup: async () => {
      const id = await after(...given)
      const { vmState } = await stateOf(id)
      const { operationId } = await ask[action]!(id)
      return { db: cloud.db, id, operationId, before: vmState }
    },
    sagaFor: () => sagas[action]!(deps),
    assertDone: async ({ id }) => {
      const { vmState, powerState } = done
      const state = await stateOf(id)
      expect(state).toMatchObject({ vmState, powerState, taskState: null, faultMessage: null })
      expect((await deps.driver.status(id)).powerState).toBe(powerState)
      expect(await isWired(id)).toBe(done.wired)
      if (done.rescued) expect(state.rescue).toMatchObject({ imageId: state.imageId, format: 'qcow2' })
      else expect(state.rescue).toBeNull()
      expect(state.deletedAt !== null).toBe(done.inBin ?? false)
    },
    assertClean: async ({ id, before }) => {
      const { powerState } = await deps.driver.status(id)
      const state = await stateOf(id)
      expect(state).toMatchObject({ vmState: vmStateNow(before, powerState), taskState: null, powerState })
    },
  })

describe('what is left of an action that fails', () => {
  it('a guest that cannot be held goes on', async () => {
    const id = await active('fail-hold-1')
    for (const action of ['pause', 'suspend']) {
      await run(sagas[action]!(deps), (await ask[action]!(id)).operationId)
      expect(await stateOf(id)).toMatchObject({ vmState: 'active', taskState: null, powerState: 1 })
      expect(await isWired(id)).toBe(true)
    }
  })

  it('an instance that cannot be rescued is off, with the reason', async () => {
    const id = await active('fail-rescue-1')
    await run(instanceRescue(deps), (await ask.rescue!(id)).operationId)
    expect(await stateOf(id)).toMatchObject({ vmState: 'stopped', taskState: null, rescue: null })
    expect((await stateOf(id)).faultMessage).toContain('no rescue disk')
  })
})

describe('the bin', () => {
  it('gives back what was off as it was', async () => {
    const id = await after('stop', 'delete', 'restore')
    expect(await stateOf(id)).toMatchObject({ vmState: 'stopped', powerState: 4, deletedAt: null })
    expect(await isWired(id)).toBe(false)
  })

  it('takes what is rescued out of the rescue', async () => {
    const id = await after('rescue', 'delete', 'restore')
    expect(await stateOf(id)).toMatchObject({ vmState: 'active', powerState: 1, rescue: null })
  })

  it('a second delete removes it for good', async () => {
    const id = await after('delete')
    const { operationId } = await ask.delete!(id)
    expect(await cloud.db.operation.findUnique({ where: { id: operationId } })).toMatchObject({
      kind: 'instance-delete',
    })
  })

  it('while it is put there, a second delete is the same', async () => {
    const id = await active()
    const first = await ask.delete!(id)
    expect((await ask.delete!(id)).operationId).toBe(first.operationId)
  })
})
