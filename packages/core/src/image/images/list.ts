import { dateOrText } from '../../compute/names.ts'
import { defineVerb, isAdmin, keyset, NephosError, type Page, page, reader } from '../../kernel/index.ts'
import { ownProject, visibleImages } from './find.ts'
import { imageFilters, listedImages, listImagesInput } from './list-input.ts'
import { type ImageRow, imageParts, imagePartsFor, imageRow } from './row.ts'

/**
 * Images of the project, public ones and those it accepted from others; of every project for an administrator who asks
 * for it. Community images of others are listed only when they are asked for.
 * @throws NephosError forbidden
 */
export const listImages = defineVerb({
  name: 'image.images.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: listImagesInput,
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
      parse: dateOrText(input.sort.by.endsWith('At')),
    })
    const projectId = ownProject(ctx)
    const images = await reader(ctx).image.findMany({
      where: {
        AND: [
          visibleImages(ctx, { everything: input.allProjects }),
          projectId && !input.allProjects ? listedImages(projectId, input) : {},
          ...imageFilters(input, projectId),
          where,
        ],
      },
      orderBy,
      take,
      include: projectId ? imagePartsFor(projectId) : imageParts,
    })
    return page(
      images.map((image) => imageRow(image, projectId)),
      input.limit,
      (row) => row[input.sort.by],
    )
  },
})
