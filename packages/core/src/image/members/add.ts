import { z } from 'zod'
import { conflict, defineVerb, invalid, mutate, NephosError } from '../../kernel/index.ts'
import { findOwnImage } from '../images/find.ts'
import { imageChanged, imageParts } from '../images/row.ts'
import { type ImageMemberRow, memberInput, memberRow } from './row.ts'

/** Most members of one image. */
const most = 128

/**
 * Offers an image to another project, which sees it and may use it from then on; it is in that project's lists once it
 * accepts. `share` makes an image shared that is not yet.
 * @throws NephosError not_found, forbidden; conflict for an image that is not shared, or is shared with it already;
 * invalid_input for a project that there is not; quota_exceeded
 */
export const addMember = defineVerb({
  name: 'image.members.add',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: memberInput.extend({ share: z.boolean().default(false) }),
  run: ({ ctx, input: { id, projectId, share } }): Promise<ImageMemberRow> =>
    mutate(ctx, async (tx) => {
      const before = await findOwnImage(ctx, id, tx.db)
      if (before.visibility !== 'shared' && !(share && before.visibility === 'private'))
        throw conflict(`Image ${before.name} is ${before.visibility}, not shared.`, {
          field: 'id',
          remedy:
            before.visibility === 'private'
              ? 'Make it shared first.'
              : 'Others can use it already; make it shared to choose who.',
          detail: { reason: 'not_shared', visibility: before.visibility },
        })
      if (projectId === before.projectId)
        throw invalid('projectId', `Image ${before.name} belongs to this project.`, 'Name another one.')
      if ((await tx.db.project.count({ where: { id: projectId } })) === 0)
        throw invalid('projectId', `No project ${projectId} was found.`, 'Give the ID of a project.')
      if (before.members.some((one) => one.projectId === projectId))
        throw conflict(`Image ${before.name} is shared with this project already.`, { field: 'projectId' })
      if (before.members.length >= most)
        throw new NephosError('quota_exceeded', `An image has at most ${most} members.`, {
          remedy: 'Take it back from a project first, or make it a community image.',
          detail: { resource: 'image_members', requested: 1, used: before.members.length, limit: most },
        })
      const { count } = await tx.db.image.updateMany({
        where: { id, generation: before.generation },
        data: { visibility: 'shared', generation: { increment: 1 } },
      })
      if (count === 0)
        throw conflict(`Image ${before.name} was just changed by someone else.`, { remedy: 'Try again.' })
      const member = await tx.db.imageMember.create({ data: { imageId: id, projectId } })
      const image = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
      tx.audit({
        verb: 'image.members.add',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId: image.projectId,
        detail: { projectId },
      })
      imageChanged(tx, 'updated', image, before)
      return memberRow(member)
    }),
})
