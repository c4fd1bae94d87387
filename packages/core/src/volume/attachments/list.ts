import { z } from 'zod'
import { dateOrText } from '../../compute/names.ts'
import {
  defineVerb,
  isAdmin,
  keyset,
  NephosError,
  notFound,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { visibleToProject, volumeIdInput } from '../volumes/find.ts'
import { attachmentParts, attachmentRow, type VolumeAttachmentRow } from '../volumes/row.ts'

/** Which volumes are set aside for or attached to which instances. */
export const listVolumeAttachments = defineVerb({
  name: 'volume.attachments.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    volumeId: z.uuid().optional(),
    instanceId: z.uuid().optional(),
    status: z
      .enum(['reserved', 'attaching', 'attached', 'detaching', 'error_attaching', 'error_detaching'])
      .optional(),
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<VolumeAttachmentRow>> => {
    const admin = isAdmin(ctx.actor)
    if (input.allProjects && !admin)
      throw new NephosError('forbidden', 'Only administrators see the attachments of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: 'createdAt',
      direction: 'asc',
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(true),
    })
    const { volumeId, instanceId, status } = input
    const found = await reader(ctx).volumeAttachment.findMany({
      where: {
        AND: [
          input.allProjects ? {} : { projectId: requireProject(ctx).id },
          { volumeId, instanceId, status },
          where,
        ],
      },
      include: attachmentParts,
      orderBy,
      take,
    })
    return page(
      found.map((attachment) => attachmentRow(attachment, { admin })),
      input.limit,
      (row) => row.createdAt,
    )
  },
})

/** One attachment. @throws NephosError not_found */
export const showVolumeAttachment = defineVerb({
  name: 'volume.attachments.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: volumeIdInput,
  run: async ({ ctx, input: { id } }): Promise<VolumeAttachmentRow> => {
    const where = { id, ...visibleToProject(ctx) }
    const found = await reader(ctx).volumeAttachment.findFirst({ where, include: attachmentParts })
    if (!found) throw notFound('attachment', id)
    return attachmentRow(found, { admin: isAdmin(ctx.actor) })
  },
})
