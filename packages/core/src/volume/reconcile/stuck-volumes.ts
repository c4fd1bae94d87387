import type { VolumeStatus } from '@nephos/db'
import { type Ctx, mutate } from '../../kernel/index.ts'
import { settleByAttachments } from '../attachments/settle-status.ts'
import { readSnapshot } from '../snapshots/row.ts'
import { changeSnapshot } from '../snapshots/write.ts'
import { readVolume } from '../volumes/row.ts'
import { changeVolume } from '../volumes/write.ts'
import { settleStuckBackups } from './stuck-backups.ts'

/** How long work may take to be noted before its volume counts as left. */
const graceMs = 60_000

/** What a volume is when the work that its status names has ended without it. */
const leftAs: Partial<Record<VolumeStatus, VolumeStatus>> = {
  creating: 'error',
  downloading: 'error',
  deleting: 'error_deleting',
  extending: 'error_extending',
  reverting: 'error',
  restoring_backup: 'error_restoring',
}
/** What only looks at a volume leaves it as it was. */
const harmless: readonly VolumeStatus[] = ['uploading']
const leftSnapshot = { creating: 'error', deleting: 'error_deleting' } as const

/**
 * Frees volumes and snapshots whose work goes on by their status, although its operation has ended, and brings the
 * status of volumes in line with their attachments. @returns ids of what was freed
 */
export async function settleStuckVolumes(ctx: Ctx, now = new Date()): Promise<string[]> {
  const before = new Date(now.getTime() - graceMs)
  const freed: string[] = []
  const left = await ctx.db.volume.findMany({
    where: {
      status: { in: [...(Object.keys(leftAs) as VolumeStatus[]), ...harmless] },
      updatedAt: { lt: before },
    },
    select: { id: true },
    take: 200,
  })
  for (const { id } of await withoutWork(ctx, left)) {
    await mutate(ctx, async (tx) => {
      const volume = await readVolume(tx.db, id)
      if (!volume || volume.updatedAt >= before) return
      const status = harmless.includes(volume.status)
        ? (volume.previousStatus ?? 'available')
        : leftAs[volume.status]
      if (!status) return
      await changeVolume(tx, volume, {
        status,
        previousStatus: null,
        migrationStatus: null,
        failure: 'The work on the volume ended without a result.',
      })
      freed.push(id)
    })
  }
  freed.push(...(await settleStuckBackups(ctx, before, withoutWork)))
  const snapshots = await ctx.db.volumeSnapshot.findMany({
    where: {
      status: { in: ['creating', 'deleting'] },
      updatedAt: { lt: before },
      volume: { status: { not: 'deleting' } },
    },
    select: { id: true },
    take: 200,
  })
  for (const { id } of await withoutWork(ctx, snapshots)) {
    await mutate(ctx, async (tx) => {
      const snapshot = await readSnapshot(tx.db, id)
      if (snapshot?.status !== 'creating' && snapshot?.status !== 'deleting') return
      await changeSnapshot(tx, snapshot, {
        status: leftSnapshot[snapshot.status],
        failure: 'The work on the snapshot ended without a result.',
      })
      freed.push(id)
    })
  }
  // The attachments of an instance go with its row.
  const unused = await ctx.db.volume.findMany({
    where: {
      updatedAt: { lt: before },
      OR: [
        { status: { in: ['reserved', 'attaching', 'in_use', 'detaching'] }, attachments: { none: {} } },
        { status: 'available', attachments: { some: {} } },
      ],
    },
    select: { id: true },
    take: 200,
  })
  for (const { id } of unused) {
    await mutate(ctx, (tx) => settleByAttachments(tx, id))
    freed.push(id)
  }
  return freed
}

/** Those on which no operation works. */
async function withoutWork(ctx: Ctx, rows: readonly { id: string }[]): Promise<readonly { id: string }[]> {
  if (rows.length === 0) return []
  const open = await ctx.db.operation.findMany({
    where: {
      resourceId: { in: rows.map(({ id }) => id) },
      status: { in: ['queued', 'running', 'undoing'] },
    },
    select: { resourceId: true },
  })
  return rows.filter(({ id }) => !open.some(({ resourceId }) => resourceId === id))
}
