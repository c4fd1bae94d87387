import type { Drain, DrainMove } from '@nephos/db'
import { type Ctx, type MutationTx, notFound, reader } from '../../kernel/index.ts'
import { wireRow } from '../instances/row.ts'
import type { DrainWay } from './verdict.ts'

/**
 * What a drain has done with an instance. `skipped`: it was gone before its turn came, or the drain was aborted.
 * `stays`: it cannot be moved in the state it is in.
 */
export const drainMoveStatuses = ['waiting', 'moving', 'moved', 'failed', 'skipped', 'stays'] as const
export type DrainMoveStatus = (typeof drainMoveStatuses)[number]

/** What a drain does with one instance. */
export interface DrainMoveRow {
  instanceId: string
  instanceName: string
  projectId: string
  position: number
  way: DrainWay
  status: DrainMoveStatus
  /** Why it waits, stays, was skipped or failed. */
  reason: string | null
  destHost: string | null
  migrationId: string | null
  operationId: string | null
  updatedAt: Date
}

/** One drain of a host, as lists and events have it. */
export interface DrainRow {
  id: string
  hostId: string
  hostName: string
  /** Who began it. */
  userId: string | null
  status: 'running' | 'paused' | 'finished' | 'aborted'
  /** Instances that move at the same time. */
  concurrency: number
  total: number
  counts: Record<DrainMoveStatus, number>
  createdAt: Date
  updatedAt: Date
  endedAt: Date | null
}

/** A drain with what it does with each instance, in the order of their turns. */
export interface DrainDetail extends DrainRow {
  moves: DrainMoveRow[]
}

type Reader = Pick<MutationTx['db'], 'drain' | 'drainMove'>

/** The rows of drains: their numbers are read with one query for all. */
export async function drainRows(db: Reader, drains: readonly Drain[]): Promise<DrainRow[]> {
  const groups =
    drains.length === 0
      ? []
      : await db.drainMove.groupBy({
          by: ['drainId', 'status'],
          where: { drainId: { in: drains.map(({ id }) => id) } },
          _count: true,
        })
  return drains.map(({ requestId: _, ...drain }) => {
    const own = groups.filter(({ drainId }) => drainId === drain.id)
    const count = (status: string) => own.find((group) => group.status === status)?._count ?? 0
    return {
      ...drain,
      status: drain.status as DrainRow['status'],
      total: own.reduce((sum, { _count }) => sum + _count, 0),
      counts: Object.fromEntries(
        drainMoveStatuses.map((status) => [status, count(status)]),
      ) as DrainRow['counts'],
    }
  })
}

/** What is shown of one move. */
export const drainMoveRow = ({ drainId: _, ...move }: DrainMove): DrainMoveRow => ({
  ...move,
  way: move.way as DrainWay,
  status: move.status as DrainMoveStatus,
})

/** @throws NephosError not_found */
export async function findDrain(ctx: Ctx, id: string, db: Reader = reader(ctx)): Promise<Drain> {
  const drain = await db.drain.findUnique({ where: { id } })
  if (!drain) throw notFound('drain', id)
  return drain
}

/** Announces a drain to administrators, as it is now. @returns its row */
export async function drainChanged(
  tx: Pick<MutationTx, 'db' | 'event'>,
  change: 'created' | 'updated',
  drain: Drain,
): Promise<DrainRow> {
  const row = (await drainRows(tx.db, [drain]))[0]!
  tx.event({ noun: 'drain', change, id: drain.id, audience: { kind: 'admin' }, data: wireRow(row) })
  return row
}
