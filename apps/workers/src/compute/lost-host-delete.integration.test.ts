import {
  deleteInstance,
  deleteOnLostHosts,
  evacuateInstance,
  forceDeleteInstance,
  rebootInstance,
  systemCtx,
} from '@nephos/core'
import { ctxFor } from '@nephos/core/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { run, startTwoHosts, type TwoHosts } from '../testing/two-hosts.ts'
import { destroyLeftBehind, orphanMachines } from './reconcilers/orphan-machines.ts'
import { reconcilePowerStates } from './reconcilers/power-state.ts'
import { instanceDelete } from './sagas/instance-delete.ts'
import { instanceEvacuate } from './sagas/instance-evacuate.ts'
import { instanceReboot } from './sagas/instance-reboot.ts'

let two: TwoHosts

beforeAll(async () => {
  two = await startTwoHosts()
})
afterAll(() => two.close())
afterEach(() => back())

/** The first host gives no sign of life any more; what runs there goes on. */
async function lose(): Promise<void> {
  two.silent.add('host1')
  await seen(new Date(0))
}

async function back(): Promise<void> {
  two.silent.clear()
  await seen(new Date(Date.now() + 3_600_000))
}

const seen = (lastSeenAt: Date) =>
  two.cloud.db.service.updateMany({ where: { hostName: 'host1' }, data: { lastSeenAt } })
const remove = (id: string) => deleteInstance({ ctx: two.tenant.ctx, input: { id } })
const operation = (id: string) => two.cloud.db.operation.findUniqueOrThrow({ where: { id } })
const reconcile = () => deleteOnLostHosts(systemCtx(two.cloud.services, 'test'))

async function gone(id: string): Promise<void> {
  expect(await two.cloud.db.instance.findUnique({ where: { id } })).toBeNull()
  expect(await two.cloud.db.port.count({ where: { instanceId: id } })).toBe(0)
  await two.expectUsage()
}

/** What the host does before anything else when it comes back. */
async function returns(id: string): Promise<void> {
  await back()
  expect(await destroyLeftBehind(two.hosts[0].deps)).toContain(id)
  expect(await two.runsOn(id)).toEqual([])
  expect(await two.filesOn(id)).toEqual([])
}

describe('a delete while the host is lost', () => {
  it('is done at once, and what runs there is removed when the host comes back', async () => {
    const id = await two.active()
    await lose()
    const { operationId } = await remove(id)
    expect(await operation(operationId)).toMatchObject({
      status: 'succeeded',
      message: expect.stringContaining('when the host comes back'),
    })
    await gone(id)
    expect(await two.runsOn(id)).toEqual(['host1'])
    // The job that was sent to the host finds nothing to do.
    await run(two.cloud, instanceDelete(two.hosts[0].deps), operationId)
    expect(await operation(operationId)).toMatchObject({ status: 'succeeded' })
    await returns(id)
  })

  it('also for good, and of one whose work was under way there', async () => {
    const id = await two.active()
    const { operationId: reboot } = await rebootInstance({ ctx: two.tenant.ctx, input: { id, type: 'hard' } })
    await lose()
    await forceDeleteInstance({ ctx: two.tenant.ctx, input: { id } })
    await gone(id)
    expect(await operation(reboot)).toMatchObject({ status: 'failed', errorCode: 'unavailable' })
    await run(two.cloud, instanceReboot(two.hosts[0].deps), reboot)
    expect(await operation(reboot)).toMatchObject({ status: 'failed' })
    await returns(id)
  })

  it('that was asked for before the host fell silent is carried out by the sweep', async () => {
    const id = await two.active()
    const { operationId } = await remove(id)
    expect(await reconcile()).toEqual([])
    expect(await operation(operationId)).toMatchObject({ status: 'queued' })
    await lose()
    expect(await reconcile()).toEqual([operationId])
    expect(await reconcile()).toEqual([])
    await gone(id)
    await returns(id)
  })

  it('is the work of a host that runs and did not fall silent, too, when it removes what it has at its next look', async () => {
    const id = await two.active()
    await lose()
    await remove(id)
    await back()
    expect(await orphanMachines(two.hosts[0].deps)()).toEqual([id])
    expect(await two.filesOn(id)).toEqual([])
  })

  it('keeps it in the bin where the cloud has one, and the host powers it off', async () => {
    const id = await two.active()
    await lose()
    const config = { ...two.cloud.config, reclaimInstanceInterval: 3_600 }
    const { operationId } = await deleteInstance({ ctx: { ...two.tenant.ctx, config }, input: { id } })
    expect(await operation(operationId)).toMatchObject({ kind: 'instance-soft-delete', status: 'succeeded' })
    expect(await two.state(id)).toMatchObject({
      vmState: 'soft_deleted',
      taskState: null,
      host: { name: 'host1' },
    })
    await back()
    expect(await destroyLeftBehind(two.hosts[0].deps)).toEqual([])
    await reconcilePowerStates(two.hosts[0].deps)
    expect(await two.runsOn(id)).toEqual([])
    expect(await two.filesOn(id)).toEqual(['host1'])
  })

  it('ends an evacuation that waits, and leaves nothing on either host', async () => {
    const admin = ctxFor(two.cloud, { systemRole: 'admin' })
    const id = await two.active()
    await lose()
    const { operationId } = await evacuateInstance({ ctx: admin, input: { id } })
    expect(await two.place(id, operationId)).toBeNull()
    await remove(id)
    await gone(id)
    await run(two.cloud, instanceEvacuate(two.hosts[1].deps), operationId)
    expect(await two.runsOn(id)).toEqual(['host1'])
    await returns(id)
  })
})
