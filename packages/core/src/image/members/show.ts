import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { findMember, type ImageMemberRow, memberInput, memberRow } from './row.ts'

/** One member of an image, for its owner and that member. @throws NephosError not_found */
export const showMember = defineVerb({
  name: 'image.members.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: memberInput,
  run: async ({ ctx, input }): Promise<ImageMemberRow> => {
    await findMember(ctx, input)
    const member = await reader(ctx).imageMember.findUnique({
      where: { imageId_projectId: { imageId: input.id, projectId: input.projectId } },
    })
    if (!member) throw notFound('member', input.projectId)
    return memberRow(member)
  },
})
