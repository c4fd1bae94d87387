import type { Drain, DrainMove, Prisma } from '@nephos/db'
import { type Ctx, NephosError } from '../../kernel/index.ts'
import { judgeResize } from '../migrations/judge.ts'

type Followed = Prisma.MigrationGetPayload<{
  select: { id: true; status: true; destHost: true; errorMessage: true }
}>

/**
 * Notes how far the moves of a drain are. A cold one is confirmed, so that nothing of it stays on the host.
 * @returns whether anything is new
 */
export async function followMoves(ctx: Ctx, { id: drainId }: Drain): Promise<boolean> {
  const moving = await ctx.db.drainMove.findMany({ where: { drainId, status: 'moving' } })
  if (moving.length === 0) return false
  const migrations = await ctx.db.migration.findMany({
    where: { id: { in: moving.flatMap(({ migrationId }) => migrationId ?? []) } },
    select: { id: true, status: true, destHost: true, errorMessage: true },
  })
  let changed = false
  for (const move of moving) {
    const migration = migrations.find(({ id }) => id === move.migrationId)
    if (migration?.status === 'finished') await confirm(ctx, move.instanceId)
    const data = outcome(move, migration)
    if (!data) continue
    const { instanceId } = move
    const { count } = await ctx.db.drainMove.updateMany({
      where: { drainId, instanceId, status: 'moving' },
      data,
    })
    changed ||= count > 0
  }
  return changed
}

function outcome(move: DrainMove, migration: Followed | undefined): Partial<DrainMove> | null {
  // Migrations go with their instance.
  if (!migration) return { status: 'skipped', reason: 'The instance was deleted.' }
  const { status, destHost, errorMessage } = migration
  if (status === 'completed' || status === 'confirmed') return { status: 'moved', reason: null, destHost }
  if (status === 'cancelled') return { status: 'failed', reason: 'The move was cancelled.', destHost }
  if (status === 'reverted') return { status: 'failed', reason: 'The move was reverted.', destHost: null }
  if (status === 'error') return { status: 'failed', reason: errorMessage ?? 'The move failed.', destHost }
  return destHost === move.destHost ? null : { destHost }
}

/** What is changing at this moment is confirmed next time. */
async function confirm(ctx: Ctx, instanceId: string): Promise<void> {
  try {
    await judgeResize(ctx, instanceId, 'confirm')
  } catch (error) {
    if (!(error instanceof NephosError) || !['conflict', 'not_found'].includes(error.code)) throw error
  }
}
