import { z } from 'zod'
import { defineVerb, NephosError, reader } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { findReadableProject } from '../projects/row.ts'
import { type QuotaRow, quotaRows } from './rows.ts'

/**
 * What a project may use and uses: the one acted in (with the user's key pairs), or any that the actor may read.
 * @throws NephosError not_found, forbidden without a project
 */
export const showQuotas = defineVerb({
  name: 'identity.quotas.show',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object({ projectId: identityId.optional() }),
  run: async ({ ctx, input }): Promise<QuotaRow[]> => {
    const user = ctx.actor.kind === 'user' ? ctx.actor : undefined
    const own = user?.project?.id
    const projectId = input.projectId ?? own
    if (!projectId)
      throw new NephosError('forbidden', 'This needs a project.', {
        remedy: 'Choose a project and try again.',
      })
    if (projectId !== own) await findReadableProject(ctx, projectId)
    return quotaRows(reader(ctx), projectId, { userId: projectId === own ? user?.userId : undefined })
  },
})
