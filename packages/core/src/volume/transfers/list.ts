import { z } from 'zod'
import { dateOrText } from '../../compute/names.ts'
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
import { volumeIdInput } from '../volumes/find.ts'
import { findTransfer, transferParts, transferRow, type VolumeTransferRow } from './row.ts'

/** Volumes of the project that are offered to others. */
export const listVolumeTransfers = defineVerb({
  name: 'volume.transfers.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ ...pageInput, volumeId: z.uuid().optional(), allProjects: z.boolean().default(false) }),
  run: async ({ ctx, input }): Promise<Page<VolumeTransferRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only administrators see the transfers of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: 'createdAt',
      direction: 'desc',
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(true),
    })
    const own = input.allProjects ? {} : { projectId: requireProject(ctx).id }
    const found = await reader(ctx).volumeTransfer.findMany({
      where: { AND: [own, { volumeId: input.volumeId }, where] },
      include: transferParts,
      orderBy,
      take,
    })
    return page(found.map(transferRow), input.limit, (row) => row.createdAt)
  },
})

/** One transfer, without its key. @throws NephosError not_found */
export const showVolumeTransfer = defineVerb({
  name: 'volume.transfers.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: volumeIdInput,
  run: ({ ctx, input: { id } }): Promise<VolumeTransferRow> => findTransfer(ctx, id),
})
