import type { Drain, DrainMove } from '@nephos/db'
import { type Ctx, mutate, NephosError } from '../../kernel/index.ts'
import { beginMove } from '../migrations/begin.ts'
import { type DrainVerdict, drainVerdict } from './verdict.ts'

const kinds = {
  live: { action: 'liveMigrate', saga: 'instance-live-migrate', kind: 'live-migration' },
  cold: { action: 'migrate', saga: 'instance-migrate', kind: 'migration' },
} as const

/**
 * Begins the next moves of a drain, as many as may be under way at once. What is busy keeps its turn.
 * @returns whether anything has changed
 */
export async function startMoves(ctx: Ctx, drain: Drain): Promise<boolean> {
  const moving = await ctx.db.drainMove.count({ where: { drainId: drain.id, status: 'moving' } })
  let free = drain.concurrency - moving
  if (free <= 0) return false
  const waiting = await ctx.db.drainMove.findMany({
    where: { drainId: drain.id, status: 'waiting' },
    orderBy: { position: 'asc' },
    take: 500,
  })
  const [instances, host] = await Promise.all([
    ctx.db.instance.findMany({
      where: { id: { in: waiting.map(({ instanceId }) => instanceId) } },
      select: { id: true, vmState: true, taskState: true, host: { select: { name: true } } },
    }),
    ctx.db.host.findUnique({
      where: { id: drain.hostId },
      select: { name: true, underlayIp: true, computeDriver: true },
    }),
  ])
  let changed = false
  let seen = drain
  for (const move of waiting) {
    if (free <= 0) break
    const instance = instances.find(({ id }) => id === move.instanceId)
    const at = instance?.host?.name ?? null
    if (!instance || !host || at !== host.name) {
      const reason = instance ? `It is on ${at ?? 'no host'} by now.` : 'The instance was deleted.'
      changed = (await note(ctx, move, { status: 'skipped', reason })) || changed
      continue
    }
    const verdict = drainVerdict(instance, host)
    if (verdict.way === 'none') changed = (await note(ctx, move, { ...verdict, status: 'stays' })) || changed
    else if (verdict.reason !== null) changed = (await note(ctx, move, verdict)) || changed
    else {
      const { begun, now } = await begin(ctx, seen, move, verdict)
      if (begun) free--
      changed ||= begun
      // Another process leads it at this moment, or a person has stopped it.
      if (!now) break
      seen = now
    }
  }
  return changed
}

/** Thrown in a transaction when the drain is not what it was: another process was faster, or a person. */
class DrainChanged extends Error {}

/** Writes what is new of an instance that waits. */
async function note(ctx: Ctx, move: DrainMove, data: Partial<DrainMove> | DrainVerdict): Promise<boolean> {
  if (Object.entries(data).every(([key, value]) => move[key as keyof DrainMove] === value)) return false
  const { drainId, instanceId } = move
  const { count } = await ctx.db.drainMove.updateMany({
    where: { drainId, instanceId, status: 'waiting' },
    data,
  })
  return count > 0
}

/** What became of a begin: `now` is the drain as it is after it, null when somebody else has changed it. */
interface Begun {
  begun: boolean
  now: Drain | null
}

/**
 * Begins one move. Move, note and a compare-and-set on the drain are one transaction: a process that dies in between
 * has begun nothing, and of two that look at the same time one begins.
 */
async function begin(ctx: Ctx, drain: Drain, move: DrainMove, { way }: DrainVerdict): Promise<Begun> {
  const { instanceId } = move
  if (way === 'none') return { begun: false, now: drain }
  const updatedAt = new Date(Math.max(Date.now(), drain.updatedAt.getTime() + 1))
  const theirs: Ctx = {
    ...ctx,
    requestId: drain.requestId,
    actor: {
      kind: 'system',
      name: `drain of ${drain.hostName}`,
      ...(drain.userId !== null && { forUserId: drain.userId }),
    },
  }
  try {
    await mutate(theirs, async (tx) => {
      const { count } = await tx.db.drain.updateMany({
        where: { id: drain.id, status: 'running', updatedAt: drain.updatedAt },
        data: { updatedAt },
      })
      if (count === 0) throw new DrainChanged()
      const { operationId, migrationId } = await beginMove(
        { ...theirs, tx },
        {
          id: instanceId,
          ...kinds[way],
          verb: 'compute.drains.begin',
          host: null,
          newFlavor: null,
          // A guest that is never done being copied would hold the drain up.
          pauseRequested: way === 'live',
        },
      )
      await tx.db.drainMove.updateMany({
        where: { drainId: drain.id, instanceId, status: 'waiting' },
        data: { status: 'moving', way, reason: null, operationId, migrationId },
      })
    })
    return { begun: true, now: { ...drain, updatedAt } }
  } catch (error) {
    if (error instanceof DrainChanged) return { begun: false, now: null }
    if (!(error instanceof NephosError)) throw error
    await note(ctx, move, { reason: error.message })
    return { begun: false, now: drain }
  }
}
