import { defineVerb, reader } from '../../kernel/index.ts'
import { imageId } from '../images/fields.ts'
import { findImage, ownProject } from '../images/find.ts'
import { type ImageMemberRow, memberRow, ownsImage } from './row.ts'

/** Whom an image is shared with: all of them for its owner, oneself for a member. @throws NephosError not_found */
export const listMembers = defineVerb({
  name: 'image.members.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: imageId,
  run: async ({ ctx, input: { id } }): Promise<ImageMemberRow[]> => {
    const image = await findImage(ctx, id)
    const members = await reader(ctx).imageMember.findMany({
      where: {
        imageId: id,
        ...(!ownsImage(ctx, image) && { projectId: ownProject(ctx) ?? '' }),
      },
      orderBy: [{ createdAt: 'asc' }, { projectId: 'asc' }],
    })
    return members.map(memberRow)
  },
})
