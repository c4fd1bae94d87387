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
} from '../../kernel/index.ts'
import { visibleImages } from './find.ts'
import { type ImageRow, imageRow } from './row.ts'

/** Images of the project and public ones; of every project for an administrator who asks for it. */
export const listImages = defineVerb({
  name: 'image.images.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt', 'name']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    search: z.string().max(255).optional(),
    status: z.enum(['queued', 'saving', 'active', 'killed', 'deactivated']).optional(),
    visibility: z.enum(['private', 'public']).optional(),
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<ImageRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only administrators see the images of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const { search, status, visibility } = input
    const images = await reader(ctx).image.findMany({
      where: {
        AND: [
          visibleImages(ctx, { everything: input.allProjects }),
          search ? { OR: [{ name: containing(search) }, { id: search }] } : {},
          status ? { status } : {},
          visibility ? { visibility } : {},
          where,
        ],
      },
      orderBy,
      take,
    })
    return page(images.map(imageRow), input.limit, (row) => row[input.sort.by])
  },
})
