import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { findInstance } from '../instances/find.ts'
import { type BackupScheduleRow, type InstanceImageRow, instanceImageRow, scheduleRow } from './row.ts'

/** What there is of copies of one instance. */
export interface InstanceBackups {
  schedule: BackupScheduleRow | null
  /** Images made of it, newest first, at most 20. */
  images: InstanceImageRow[]
}

const shown = 20

/** The backup schedule of an instance and the images that were made of it. @throws NephosError not_found */
export const showBackups = defineVerb({
  name: 'compute.backups.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ instanceId: z.uuid() }),
  run: async ({ ctx, input: { instanceId } }): Promise<InstanceBackups> => {
    const db = reader(ctx)
    const { projectId } = await findInstance(ctx, instanceId)
    const [schedule, images] = await Promise.all([
      db.backupSchedule.findUnique({ where: { instanceId } }),
      db.image.findMany({
        where: { instanceId, projectId, status: { not: 'deleted' } },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: shown,
      }),
    ])
    return { schedule: schedule && scheduleRow(schedule), images: images.map(instanceImageRow) }
  },
})
