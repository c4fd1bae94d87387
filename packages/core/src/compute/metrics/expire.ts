import type { Ctx } from '../../kernel/index.ts'

/** Deletes the measurements whose time is over, also those of what was deleted. @returns how many blocks went */
export async function expireMetrics(ctx: Pick<Ctx, 'db'>, now = new Date()): Promise<number> {
  const { count } = await ctx.db.metricBlock.deleteMany({ where: { expiresAt: { lt: now } } })
  return count
}
