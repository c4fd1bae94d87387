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
import { volumeStatuses } from '../states.ts'
import { type VolumeRow, volumeParts, volumeRow } from './row.ts'

/** Volumes of the project; of every project for an administrator who asks for it. */
export const listVolumes = defineVerb({
  name: 'volume.volumes.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt', 'updatedAt', 'name', 'sizeGib']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the name, or an id. */
    search: z.string().trim().max(255).optional(),
    name: z.string().max(255).optional(),
    status: z.enum(volumeStatuses).optional(),
    typeId: z.uuid().optional(),
    backendId: z.uuid().optional(),
    instanceId: z.uuid().optional(),
    imageId: z.uuid().optional(),
    zone: z.string().max(255).optional(),
    bootable: z.boolean().optional(),
    /** Volumes that can be attached now. */
    attachable: z.boolean().optional(),
    projectId: z.string().max(64).optional(),
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<VolumeRow>> => {
    const admin = isAdmin(ctx.actor)
    const everywhere = input.allProjects || input.projectId !== undefined || input.backendId !== undefined
    if (everywhere && !admin)
      throw new NephosError('forbidden', 'Only administrators see the volumes of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt' || input.sort.by === 'updatedAt'),
    })
    const { search, name, status, typeId, backendId, instanceId, imageId, zone, bootable, attachable } = input
    const volumes = await reader(ctx).volume.findMany({
      where: {
        AND: [
          everywhere
            ? { ...(input.projectId && { projectId: input.projectId }) }
            : { projectId: requireProject(ctx).id },
          { name, status, typeId, backendId, imageId, zone, bootable },
          instanceId ? { attachments: { some: { instanceId } } } : {},
          attachable ? { OR: [{ status: 'available' }, { status: 'in_use', multiattach: true }] } : {},
          search ? { OR: [{ name: containing(search) }, { id: search }] } : {},
          where,
        ],
      },
      include: volumeParts,
      orderBy,
      take,
    })
    return page(
      volumes.map((volume) => volumeRow(volume, { admin })),
      input.limit,
      (row) => row[input.sort.by],
    )
  },
})
