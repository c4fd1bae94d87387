import { z } from 'zod'
import { defineVerb, reader, requireProject } from '../../kernel/index.ts'
import { listedImages } from '../images/list-input.ts'

/** A tag and how many of the listed images have it. */
export interface ImageTagCount {
  tag: string
  count: number
}

const most = 200

/** The tags of the images that the project has in its list, by name; for a choice of what to narrow it to. */
export const listImageTags = defineVerb({
  name: 'image.tags.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({}),
  run: async ({ ctx }): Promise<ImageTagCount[]> => {
    const { id } = requireProject(ctx)
    const found = await reader(ctx).imageTag.groupBy({
      by: ['tag'],
      where: {
        image: {
          AND: [
            { status: { not: 'deleted' }, hidden: false },
            listedImages(id, { visibility: undefined, memberStatus: 'accepted' }),
          ],
        },
      },
      _count: { tag: true },
      orderBy: { tag: 'asc' },
      take: most,
    })
    return found.map(({ tag, _count }) => ({ tag, count: _count.tag }))
  },
})
