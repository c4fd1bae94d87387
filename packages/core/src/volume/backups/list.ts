import { containing } from '@nephos/db'
import { z } from 'zod'
import { dateOrText, sortDirection } from '../../compute/names.ts'
import {
  defineVerb,
  isAdmin,
  keyset,
  NephosError,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { backupStatuses } from '../states.ts'
import { backupParts, backupRow, type VolumeBackupRow } from './row.ts'

/** Backups of the project; of every project for an administrator who asks for it. */
export const listVolumeBackups = defineVerb({
  name: 'volume.backups.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt', 'name']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the name or of the volume's name, or an id. */
    search: z.string().trim().max(255).optional(),
    name: z.string().max(255).optional(),
    status: z.enum(backupStatuses).optional(),
    /** Those of one volume, which may be gone. */
    volumeId: z.uuid().optional(),
    snapshotId: z.uuid().optional(),
    /** Those that use parts of this one. */
    parentId: z.uuid().optional(),
    projectId: z.string().max(64).optional(),
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<VolumeBackupRow>> => {
    const everywhere = input.allProjects || input.projectId !== undefined
    if (everywhere && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only administrators see the backups of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const { search, name, status, volumeId, snapshotId, parentId } = input
    const backups = await reader(ctx).volumeBackup.findMany({
      where: {
        AND: [
          everywhere
            ? { ...(input.projectId && { projectId: input.projectId }) }
            : { projectId: requireProject(ctx).id },
          { name, status, volumeId, snapshotId, parentId },
          search
            ? {
                OR: [
                  { name: containing(search) },
                  { volumeName: containing(search) },
                  { id: search },
                  { volumeId: search },
                ],
              }
            : {},
          where,
        ],
      },
      include: backupParts,
      orderBy,
      take,
    })
    return page(backups.map(backupRow), input.limit, (row) => row[input.sort.by])
  },
})
