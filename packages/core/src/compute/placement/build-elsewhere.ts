import { Prisma } from '@nephos/db'
import { type Failure, operationEvent } from '@nephos/jobs'
import { type Ctx, mutate } from '../../kernel/index.ts'
import { hostChanged, hostSelect } from '../hosts/row.ts'
import { instanceChanged } from '../instances/changed.ts'
import { writeInstanceState } from '../instances/write-state.ts'
import { storedHints } from './hints.ts'
import { purposeOf } from './purposes.ts'
import { releaseAllocation } from './release.ts'
import { placementSelect } from './waiting.ts'

/** A build that came to nothing on the host that the scheduler chose, with everything there undone. */
export interface FailedBuild {
  operationId: string
  /** Token of the holder's lease: with an older one nothing is written. */
  leaseToken: number
  instanceId: string
  hostName: string
  failure: Failure
}

/** What another host may do better. Anything else is the fault of the request, or of nobody, and would fail there too. */
const hostFaults: readonly string[] = ['driver_failed', 'unavailable', 'timeout', 'internal']

/** Whether a failure to build is the host's fault. */
export const isHostFault = ({ code }: Pick<Failure, 'code'>): boolean => hostFaults.includes(code)

/**
 * Notes that a build has failed on a host: the attempt says why, and the scheduler prefers other hosts until one
 * succeeds there. Then, if the operation has attempts left, gives its place back and asks the scheduler for another
 * host, all in one transaction.
 * @returns whether the work goes on elsewhere; otherwise it has to be ended as failed
 */
export const buildElsewhere = (ctx: Ctx, build: FailedBuild): Promise<boolean> =>
  mutate(ctx, async (tx) => {
    const { operationId, leaseToken, instanceId, hostName, failure } = build
    const record = await tx.db.instance.findUnique({ where: { id: instanceId }, select: placementSelect })
    const operation = await tx.db.operation.findUnique({ where: { id: operationId } })
    const attempts = await tx.db.scheduleAttempt.findMany({
      where: { operationId, past: false },
      select: { id: true, attempt: true, chosenHost: true, failure: true },
      orderBy: { attempt: 'asc' },
    })
    const current = attempts.at(-1)
    const purpose = operation && purposeOf(operation.kind)
    if (!record || !purpose || purpose.claims !== 'instance' || operation.leaseToken !== leaseToken)
      return false
    if (current?.chosenHost !== hostName || current.failure !== null || record.host?.name !== hostName)
      return false
    await tx.db.scheduleAttempt.update({ where: { id: current.id }, data: { failure: failure.message } })
    const host = await tx.db.host.update({
      where: { name: hostName },
      data: { failedBuilds: { increment: 1 }, generation: { increment: 1 } },
      select: hostSelect,
    })
    hostChanged(tx, 'updated', host, ctx.config.serviceDownTime)
    const most = ctx.config.schedulerMaxAttempts
    const bound = storedHints(record.hints).host !== undefined
    if (attempts.length >= most || bound || record.taskState === 'deleting' || operation.cancelRequested)
      return false
    const written = await writeInstanceState(tx.db, record, {
      vmState: purpose.waits.vm[0]!,
      taskState: purpose.waits.task[0]!,
      powerState: 0,
      hostId: null,
    })
    if (!written) return false
    await releaseAllocation(tx, instanceId, ctx.config.serviceDownTime)
    const queued = {
      status: 'queued',
      progress: 0,
      message: `Attempt ${attempts.length} failed; another host is looked for.`,
      errorCode: null,
      errorMessage: null,
      attempt: 0,
    } as const
    const { count } = await tx.db.operation.updateMany({
      where: { id: operationId, leaseToken },
      data: {
        ...queued,
        errorDetail: Prisma.DbNull,
        leaseToken: { increment: 1 },
        leaseOwner: null,
        leaseExpiresAt: null,
      },
    })
    if (count === 0) throw new Error(`operation ${operationId} was taken over in the same moment`)
    await tx.db.operationStep.deleteMany({ where: { operationId, position: { gt: 0 } } })
    tx.job('instance.schedule', { operationId, instanceId })
    instanceChanged(tx, 'updated', { ...written, host: null })
    tx.event(operationEvent({ ...operation, ...queued }, 'updated'))
    return true
  })

/** A build has succeeded on the host: what failed there before no longer counts against it. */
export async function forgiveFailedBuilds(ctx: Ctx, hostName: string): Promise<void> {
  await mutate(ctx, async (tx) => {
    const { count } = await tx.db.host.updateMany({
      where: { name: hostName, failedBuilds: { gt: 0 } },
      data: { failedBuilds: 0, generation: { increment: 1 } },
    })
    const host =
      count > 0 ? await tx.db.host.findUnique({ where: { name: hostName }, select: hostSelect }) : null
    if (host) hostChanged(tx, 'updated', host, ctx.config.serviceDownTime)
  })
}
