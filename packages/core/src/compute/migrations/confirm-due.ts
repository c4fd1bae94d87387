import { type Ctx, NephosError } from '../../kernel/index.ts'
import { judgeResize } from './judge.ts'

/**
 * Confirms the resizes whose time to be judged is over. One that is locked or just changing is tried again next time.
 * @returns ids of their instances
 */
export async function confirmDueResizes(ctx: Ctx, now = new Date()): Promise<string[]> {
  const due = await ctx.db.migration.findMany({
    where: { status: 'finished', confirmAt: { lte: now } },
    select: { instanceId: true },
    orderBy: { confirmAt: 'asc' },
    take: 100,
  })
  const confirmed: string[] = []
  for (const { instanceId } of due)
    try {
      await judgeResize(ctx, instanceId, 'confirm')
      confirmed.push(instanceId)
    } catch (error) {
      if (!(error instanceof NephosError) || !['conflict', 'not_found'].includes(error.code)) throw error
    }
  return confirmed
}
