import { z } from 'zod'
import { conflict, defineVerb, isAdmin, mutate, requireUser } from '../../kernel/index.ts'
import { instanceChanged } from '../instances/changed.ts'
import { backupRotation, backupType } from '../instances/create-backup.ts'
import { findInstance } from '../instances/find.ts'
import { type BackupScheduleRow, scheduleRow } from './row.ts'

const hourMs = 3_600_000

/** What `compute.backups.schedule` takes. */
export const backupScheduleInput = z.object({
  instanceId: z.uuid(),
  everyHours: z
    .int()
    .min(1, 'Leave at least 1 hour between backups.')
    .max(8_760, 'At most 8760 hours are a year.'),
  keep: backupRotation,
  /** Left out: weekly from seven days on, daily below. */
  backupType: backupType.optional(),
  /** The first one; left out: after the first interval. */
  firstAt: z.date().optional(),
})

/**
 * Makes backups of an instance by themselves: one every so many hours, of which so many are kept. A schedule that is
 * there already is replaced.
 * @throws NephosError not_found, conflict when the instance is locked
 */
export const scheduleBackups = defineVerb({
  name: 'compute.backups.schedule',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: backupScheduleInput,
  run: ({ ctx, input }): Promise<BackupScheduleRow> => {
    const { instanceId, everyHours, keep } = input
    const nextAt = input.firstAt ?? new Date(Date.now() + everyHours * hourMs)
    const fields = {
      everyHours,
      keep,
      nextAt,
      dueAt: nextAt,
      backupType: input.backupType ?? (everyHours >= 168 ? 'weekly' : 'daily'),
      lastProblem: null,
    }
    const { userId } = requireUser(ctx)
    return mutate(ctx, async (tx) => {
      const record = await findInstance(ctx, instanceId, tx.db)
      if (record.locked && !isAdmin(ctx.actor)) throw conflict('The instance is locked.')
      const schedule = await tx.db.backupSchedule.upsert({
        where: { instanceId },
        create: { instanceId, projectId: record.projectId, userId, ...fields },
        update: fields,
      })
      tx.audit({
        verb: 'compute.backups.schedule',
        resourceType: 'instance',
        resourceId: instanceId,
        resourceName: record.name,
        projectId: record.projectId,
        detail: { everyHours, keep, backupType: fields.backupType },
      })
      instanceChanged(tx, 'updated', record)
      return scheduleRow(schedule)
    })
  },
})
