import { operationEvent } from '@nephos/jobs'
import { type Ctx, mutate, reader } from '../../kernel/index.ts'
import { endOtherWork } from '../migrations/end-other-work.ts'
import { instanceChanged } from './changed.ts'
import { removeInstance } from './remove.ts'
import { instanceSelect } from './row.ts'
import { writeInstanceState } from './write-state.ts'

const tasks: Record<string, string> = {
  'instance-delete': 'deleting',
  'instance-soft-delete': 'soft-deleting',
}
const open = ['queued', 'running', 'undoing'] as const
const message = 'Its host was down: what is left of it there is removed when the host comes back.'

/**
 * Carries out the delete of an instance whose host is lost, without the host, as Nova does: it is gone, or in the bin, at
 * once. When the host comes back it removes what it has before it takes any work on. Does nothing while the
 * host is up, or when the operation is over.
 * @param hostId of the instance
 * @returns whether it was carried out
 */
export async function deleteOnLostHost(
  ctx: Ctx,
  { operationId, hostId }: { operationId: string; hostId: string },
): Promise<boolean> {
  if (!(await isLost(ctx, hostId))) return false
  return mutate(ctx, async (tx) => {
    const operation = await tx.db.operation.findFirst({
      where: { id: operationId, kind: { in: Object.keys(tasks) }, status: { in: [...open] } },
    })
    if (!operation) return false
    const record = await tx.db.instance.findUnique({
      where: { id: operation.resourceId },
      select: instanceSelect,
    })
    if (record?.hostId !== hostId || record.taskState !== tasks[operation.kind]) return false
    // The new lease token fences off whoever held it, should that host still live.
    const { count } = await tx.db.operation.updateMany({
      where: { id: operationId, leaseToken: operation.leaseToken, status: { in: [...open] } },
      data: {
        status: 'succeeded',
        progress: 100,
        message,
        endedAt: new Date(),
        leaseToken: { increment: 1 },
        leaseOwner: null,
        leaseExpiresAt: null,
      },
    })
    if (count === 0) return false
    await endOtherWork(tx, record.id, operationId, 'The host of the instance was lost.', { deletesToo: true })
    if (operation.kind === 'instance-delete') await removeInstance(tx, record, ctx.config.serviceDownTime)
    else {
      const written = await writeInstanceState(tx.db, record, {
        vmState: 'soft_deleted',
        taskState: null,
        powerState: 4,
        guestReadyAt: null,
        deletedAt: new Date(),
      })
      if (!written) throw new Error('the instance was changed while it was put into the bin')
      instanceChanged(tx, 'updated', written)
    }
    tx.event(
      operationEvent(await tx.db.operation.findUniqueOrThrow({ where: { id: operationId } }), 'updated'),
    )
    return true
  })
}

/**
 * Carries out the deletes that wait for hosts which are lost: they were asked for before the host fell silent.
 * @returns ids of their operations
 */
export async function deleteOnLostHosts(ctx: Ctx): Promise<string[]> {
  const waiting = await ctx.db.operation.findMany({
    where: { kind: { in: Object.keys(tasks) }, status: { in: [...open] } },
    select: { id: true, resourceId: true },
    orderBy: { createdAt: 'asc' },
    take: 500,
  })
  if (waiting.length === 0) return []
  const lost = await ctx.db.instance.findMany({
    where: {
      id: { in: waiting.map(({ resourceId }) => resourceId) },
      host: { services: { none: upCompute(ctx) } },
    },
    select: { id: true, hostId: true },
  })
  const hosts = new Map(lost.map(({ id, hostId }) => [id, hostId]))
  const done: string[] = []
  for (const { id, resourceId } of waiting) {
    const hostId = hosts.get(resourceId)
    if (hostId && (await deleteOnLostHost(ctx, { operationId: id, hostId }))) done.push(id)
  }
  return done
}

const upCompute = ({ config }: Ctx) => ({
  role: 'compute',
  lastSeenAt: { gte: new Date(Date.now() - config.serviceDownTime * 1000) },
})

/** Whether the compute worker of a host has been silent for longer than the service down time. */
const isLost = async (ctx: Ctx, hostId: string): Promise<boolean> =>
  (await reader(ctx).host.findFirst({
    where: { id: hostId, services: { none: upCompute(ctx) } },
    select: { id: true },
  })) !== null
