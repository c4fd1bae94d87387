import type { Operation, Prisma } from '@nephos/db'
import { type Failure, operationEvent } from '@nephos/jobs'
import { z } from 'zod'
import { type Ctx, LostRace, mutate } from '../../kernel/index.ts'
import { specsOf } from '../types/extra-specs.ts'
import { readVolume, type VolumeRecord } from '../volumes/row.ts'
import { changeVolume } from '../volumes/write.ts'
import { backendSelect } from './backend-state.ts'
import { claimBackend } from './claim.ts'
import { type BackendChoice, chooseBackends, type VolumeNeeds, whyNone } from './filters.ts'

/** A volume that waits for a back end, and the operation that it waits in. */
export interface VolumeScheduleRequest {
  operationId: string
  volumeId: string
}

const wish = z.object({ zone: z.string().nullish() }).catch({})
const hints = z
  .object({ sameHost: z.array(z.string()).optional(), differentHost: z.array(z.string()).optional() })
  .catch({})

/** The filter that asks is step 0 of the operation; the saga of the worker goes on with step 1. */
const scheduleStep = 'choose-back-end'

/**
 * Finds a back end for a new volume: filters and weighers over all of them, then the claim by compare-and-set. Claim,
 * back end, verdicts and the job for its host are one transaction. When none will do, the volume is in error and its
 * operation failed, with what each lacked. Asked again for a volume that has one, it only sends the job again.
 */
export async function scheduleVolume(ctx: Ctx, request: VolumeScheduleRequest): Promise<void> {
  await mutate(ctx, async (tx) => {
    const operation = await tx.db.operation.findUnique({ where: { id: request.operationId } })
    const volume = await readVolume(tx.db, request.volumeId)
    if (!volume || !operation || !['queued', 'running'].includes(operation.status)) return
    const payload = { operationId: operation.id, volumeId: volume.id }
    if (volume.backend) return tx.job('volume.create', payload, { host: volume.backend.hostName })
    if (volume.status !== 'creating') return
    if (operation.cancelRequested)
      return leaveUnplaced(tx, volume, operation, {
        code: 'cancelled',
        message: 'It was cancelled before it had a back end.',
      })
    const needs = await needsOf(tx.db, volume, wish.parse(operation.input).zone ?? null)
    const backends = await tx.db.volumeBackend.findMany({ select: backendSelect, orderBy: { name: 'asc' } })
    const choice = chooseBackends(backends, needs, ctx.config.serviceDownTime)
    const chosen = choice.fits[0]
    if (!chosen)
      return leaveUnplaced(tx, volume, operation, {
        code: 'no_valid_host',
        message: whyNone(choice),
        detail: { verdicts: choice.verdicts.slice(0, 100).map((verdict) => ({ ...verdict })) },
      })
    if (!(await claimBackend(tx.db, chosen, { gib: volume.sizeGib, volumes: 1 })))
      throw new LostRace(new Error(`back end ${chosen.name} was claimed meanwhile`))
    await changeVolume(tx, volume, { backendId: chosen.id, zone: chosen.zone })
    await recordChoice(tx.db, operation.id, chosen.name, choice)
    tx.job('volume.create', payload, { host: chosen.hostName })
  })
}

/** What a volume asks of its back end. @param zone that it was asked for in; null: any */
export async function needsOf(
  db: Parameters<typeof readVolume>[0],
  volume: VolumeRecord,
  zone: string | null,
): Promise<VolumeNeeds> {
  const type = await db.volumeType.findUniqueOrThrow({ where: { id: volume.typeId } })
  const source = await sourceOf(db, volume)
  const { sameHost = [], differentHost = [] } = hints.parse(volume.hints ?? {})
  const hostsOf = async (ids: string[]) =>
    ids.length === 0
      ? []
      : (
          await db.volume.findMany({
            where: { id: { in: ids }, projectId: volume.projectId },
            select: { backend: { select: { hostName: true } } },
          })
        ).flatMap(({ backend }) => (backend ? [backend.hostName] : []))
  return {
    sizeGib: volume.sizeGib,
    specs: specsOf(type),
    zone,
    sourceHost: source?.backend?.hostName ?? null,
    sourceBackendId: source?.backendId ?? null,
    sameHost: await hostsOf(sameHost),
    differentHost: await hostsOf(differentHost),
  }
}

const withBackend = { backendId: true, backend: { select: { hostName: true } } } as const

async function sourceOf(db: Parameters<typeof readVolume>[0], volume: VolumeRecord) {
  if (volume.sourceVolumeId)
    return db.volume.findUnique({ where: { id: volume.sourceVolumeId }, select: withBackend })
  if (!volume.snapshotId) return null
  const snapshot = await db.volumeSnapshot.findUnique({
    where: { id: volume.snapshotId },
    select: { volume: { select: withBackend } },
  })
  return snapshot?.volume ?? null
}

async function recordChoice(
  db: Parameters<typeof readVolume>[0],
  operationId: string,
  backend: string,
  { fits, verdicts }: BackendChoice,
): Promise<void> {
  const now = new Date()
  const step: Omit<Prisma.OperationStepUncheckedCreateInput, 'operationId' | 'position'> = {
    name: scheduleStep,
    status: 'done',
    attempt: 1,
    output: {
      backend,
      fits: fits.length,
      verdicts: verdicts.slice(0, 100).map((verdict) => ({ ...verdict })),
    },
    startedAt: now,
    endedAt: now,
  }
  await db.operationStep.upsert({
    where: { operationId_position: { operationId, position: 0 } },
    create: { operationId, position: 0, ...step },
    update: step,
  })
}

async function leaveUnplaced(
  tx: Parameters<typeof changeVolume>[0],
  volume: VolumeRecord,
  operation: Pick<Operation, 'id'>,
  failure: Failure,
): Promise<void> {
  const { count } = await tx.db.operation.updateMany({
    where: { id: operation.id, status: { in: ['queued', 'running'] } },
    data: {
      status: failure.code === 'cancelled' ? 'cancelled' : 'failed',
      errorCode: failure.code,
      errorMessage: failure.message,
      ...(failure.detail && { errorDetail: failure.detail as Prisma.InputJsonObject }),
      endedAt: new Date(),
    },
  })
  if (count > 0) {
    const ended = await tx.db.operation.findUniqueOrThrow({ where: { id: operation.id } })
    tx.event(operationEvent(ended, 'updated'))
  }
  await failVolume(tx, volume, failure)
}

const failVolume = (
  tx: Parameters<typeof changeVolume>[0],
  volume: VolumeRecord,
  failure: Failure,
): Promise<VolumeRecord> => changeVolume(tx, volume, { status: 'error', failure: failure.message })

/** The queue gives the job up and ends the operation: its volume must not wait for ever. */
export const failUnplacedVolume = (
  ctx: Ctx,
  { volumeId }: VolumeScheduleRequest,
  failure: Failure,
): Promise<void> =>
  mutate(ctx, async (tx) => {
    const volume = await readVolume(tx.db, volumeId)
    if (volume?.status === 'creating' && !volume.backendId) await failVolume(tx, volume, failure)
  })
