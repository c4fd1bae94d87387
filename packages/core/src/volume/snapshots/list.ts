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
import { snapshotStatuses } from '../states.ts'
import { snapshotParts, snapshotRow, type VolumeSnapshotRow } from './row.ts'

/** Snapshots of the project's volumes; of every project for an administrator who asks for it. */
export const listVolumeSnapshots = defineVerb({
  name: 'volume.snapshots.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt', 'name']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the name, or an id. */
    search: z.string().trim().max(255).optional(),
    name: z.string().max(255).optional(),
    status: z.enum(snapshotStatuses).optional(),
    volumeId: z.uuid().optional(),
    projectId: z.string().max(64).optional(),
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<VolumeSnapshotRow>> => {
    const everywhere = input.allProjects || input.projectId !== undefined
    if (everywhere && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only administrators see the snapshots of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const { search, name, status, volumeId } = input
    const snapshots = await reader(ctx).volumeSnapshot.findMany({
      where: {
        AND: [
          everywhere
            ? { ...(input.projectId && { projectId: input.projectId }) }
            : { projectId: requireProject(ctx).id },
          { name, status, volumeId },
          search ? { OR: [{ name: containing(search) }, { id: search }] } : {},
          where,
        ],
      },
      include: snapshotParts,
      orderBy,
      take,
    })
    return page(snapshots.map(snapshotRow), input.limit, (row) => row[input.sort.by])
  },
})
