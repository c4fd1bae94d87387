import { type Ctx, NephosError } from '../../kernel/index.ts'
import { offloadInstance } from './offload.ts'

/** After a failure it is tried again, but not at once. */
const pauseMs = 60_000

/**
 * Takes shelved instances off their hosts whose time has come (`shelved_offload_time`).
 * @returns their ids
 */
export async function offloadDueInstances(ctx: Ctx, now = new Date()): Promise<string[]> {
  const seconds = ctx.config.shelvedOffloadTime
  if (seconds < 0) return []
  const due = await ctx.db.instance.findMany({
    where: {
      vmState: 'shelved',
      shelvedAt: { lt: new Date(now.getTime() - seconds * 1000) },
      updatedAt: { lt: new Date(now.getTime() - Math.min(pauseMs, Math.max(1, seconds) * 1000)) },
      taskState: null,
    },
    select: { id: true },
    orderBy: { shelvedAt: 'asc' },
    take: 100,
  })
  const begun: string[] = []
  for (const { id } of due) {
    try {
      await offloadInstance({ ctx, input: { id } })
      begun.push(id)
    } catch (error) {
      // Somebody else has begun something with it.
      if (!(error instanceof NephosError)) throw error
    }
  }
  return begun
}
