import { z } from 'zod'
import { defineVerb, isAdmin, mutate, NephosError } from '../../kernel/index.ts'
import { ownProject } from '../images/find.ts'
import { imageChanged, imageParts, memberStatuses } from '../images/row.ts'
import { findMember, type ImageMemberRow, memberInput, memberRow } from './row.ts'

/**
 * Answers the offer of an image: an accepted one is in the project's lists, a rejected one is not. Either can be used
 * by its id until its owner takes it back. Without `projectId` it is the answer of the actor's own project.
 * @throws NephosError not_found when it is not offered to the project; forbidden for the answer of another project
 */
export const setMemberStatus = defineVerb({
  name: 'image.members.setStatus',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: memberInput.extend({
    projectId: memberInput.shape.projectId.optional(),
    status: z.enum(memberStatuses),
  }),
  run: ({ ctx, input: { id, status, projectId: named } }): Promise<ImageMemberRow> =>
    mutate(ctx, async (tx) => {
      const projectId = named ?? ownProject(ctx) ?? ''
      const { image: before, status: known } = await findMember(ctx, { id, projectId }, tx.db)
      if (projectId !== ownProject(ctx) && !isAdmin(ctx.actor))
        throw new NephosError('forbidden', 'Only that project answers whether it takes the image.', {
          field: 'projectId',
        })
      const key = { imageId_projectId: { imageId: id, projectId } }
      if (known === status) return memberRow(await tx.db.imageMember.findUniqueOrThrow({ where: key }))
      const member = await tx.db.imageMember.update({ where: key, data: { status } })
      const image = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
      tx.audit({
        verb: 'image.members.setStatus',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId,
        detail: { projectId, before: known, after: status },
      })
      imageChanged(tx, 'updated', image, before)
      return memberRow(member)
    }),
})
