import { defineVerb, notFound } from '../../kernel/index.ts'
import { editImage } from '../images/edit.ts'
import type { ImageRow } from '../images/row.ts'
import { memberInput } from './row.ts'

/**
 * Takes an image back from a project. What that project made from it goes on.
 * @throws NephosError not_found, forbidden
 */
export const removeMember = defineVerb({
  name: 'image.members.remove',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: memberInput,
  run: ({ ctx, input: { id, projectId } }): Promise<ImageRow> =>
    editImage(ctx, 'image.members.remove', id, async (image, { db }) => {
      if (!image.members.some((one) => one.projectId === projectId)) throw notFound('member', projectId)
      await db.imageMember.deleteMany({ where: { imageId: id, projectId } })
      return { detail: { projectId } }
    }),
})
