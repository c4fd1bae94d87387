import type { BackupSchedule } from '@nephos/db'
import { type Ctx, mutate, NephosError } from '../../kernel/index.ts'
import { instanceChanged } from '../instances/changed.ts'
import { backUpInstance } from '../instances/create-backup.ts'
import { instanceSelect } from '../instances/row.ts'

const hourMs = 3_600_000
/** After a refusal (the instance is busy, the quota used up) it is tried again. */
const againMs = 5 * 60_000

/** The first moment of the schedule after `now`: what was missed while nothing ran is not made up for. */
export const nextSlot = (
  { nextAt, everyHours }: Pick<BackupSchedule, 'nextAt' | 'everyHours'>,
  now: Date,
): Date => {
  const every = everyHours * hourMs
  const missed = Math.max(0, Math.floor((now.getTime() - nextAt.getTime()) / every) + 1)
  return new Date(nextAt.getTime() + missed * every)
}

/**
 * Starts the backups that are due, each once: the schedule moves on in the transaction that accepts the backup, by
 * compare-and-set. Safe to run any time and anywhere.
 * @returns ids of the instances whose backup was started
 */
export async function startDueBackups(ctx: Ctx, now = new Date()): Promise<string[]> {
  const due = await ctx.db.backupSchedule.findMany({
    where: { dueAt: { lte: now } },
    orderBy: { dueAt: 'asc' },
    take: 100,
  })
  const started: string[] = []
  for (const schedule of due) {
    try {
      if (await start(ctx, schedule, now)) started.push(schedule.instanceId)
    } catch (error) {
      if (!(error instanceof NephosError)) throw error
      await postpone(ctx, schedule, error.message, now)
    }
  }
  return started
}

const start = (ctx: Ctx, schedule: BackupSchedule, now: Date): Promise<boolean> =>
  mutate(ctx, async (tx) => {
    const { instanceId, backupType, keep } = schedule
    const nextAt = nextSlot(schedule, now)
    if (!(await move(tx.db, schedule, { nextAt, dueAt: nextAt, lastStartedAt: now, lastProblem: null })))
      return false
    const instance = await tx.db.instance.findUnique({ where: { id: instanceId }, select: { name: true } })
    await backUpInstance({
      ctx: { ...ctx, tx },
      input: {
        id: instanceId,
        name: backupName(instance?.name ?? '', backupType, now),
        backupType,
        rotation: keep,
      },
    })
    return true
  })

/** `web-1 daily 2026-03-01 04:00` */
const backupName = (name: string, backupType: string, now: Date): string =>
  `${name.slice(0, 160)} ${backupType} ${now.toISOString().slice(0, 16).replace('T', ' ')}`.trim()

/** Tries again soon, until the next one is due anyway. */
const postpone = (ctx: Ctx, schedule: BackupSchedule, lastProblem: string, now: Date): Promise<void> =>
  mutate(ctx, async (tx) => {
    const soon = new Date(now.getTime() + againMs)
    const next = nextSlot(schedule, now)
    const times = soon < next ? { dueAt: soon } : { nextAt: next, dueAt: next }
    if (!(await move(tx.db, schedule, { ...times, lastProblem }))) return
    const record = await tx.db.instance.findUnique({
      where: { id: schedule.instanceId },
      select: instanceSelect,
    })
    if (record) instanceChanged(tx, 'updated', record)
  })

/** @returns false when the schedule was changed, or its backup started, by somebody else */
async function move(
  db: Parameters<Parameters<typeof mutate>[1]>[0]['db'],
  { instanceId, dueAt, updatedAt }: BackupSchedule,
  data: Partial<Pick<BackupSchedule, 'nextAt' | 'dueAt' | 'lastStartedAt' | 'lastProblem'>>,
): Promise<boolean> {
  const { count } = await db.backupSchedule.updateMany({ where: { instanceId, dueAt, updatedAt }, data })
  return count === 1
}
