import { z } from 'zod'
import { conflict, defineVerb, isAdmin, mutate } from '../../kernel/index.ts'
import { instanceChanged } from '../instances/changed.ts'
import { findInstance } from '../instances/find.ts'

/**
 * Ends the backups that are made of an instance by themselves. Those there are stay.
 * @throws NephosError not_found, conflict when the instance is locked
 */
export const unscheduleBackups = defineVerb({
  name: 'compute.backups.unschedule',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ instanceId: z.uuid() }),
  run: ({ ctx, input: { instanceId } }): Promise<{ removed: boolean }> =>
    mutate(ctx, async (tx) => {
      const record = await findInstance(ctx, instanceId, tx.db)
      if (record.locked && !isAdmin(ctx.actor)) throw conflict('The instance is locked.')
      const { count } = await tx.db.backupSchedule.deleteMany({ where: { instanceId } })
      if (count > 0) {
        tx.audit({
          verb: 'compute.backups.unschedule',
          resourceType: 'instance',
          resourceId: instanceId,
          resourceName: record.name,
          projectId: record.projectId,
        })
        instanceChanged(tx, 'updated', record)
      }
      return { removed: count > 0 }
    }),
})
