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
  requireProject,
} from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { shareActions } from '../networks/shares.ts'
import { policyParts, policyRow, type RbacPolicyRow } from './row.ts'

/** Whom the project's networks are given to. */
export const listRbacPolicies = defineVerb({
  name: 'network.rbacPolicies.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'asc' }),
    networkId: idField.optional(),
    targetProject: idField.optional(),
    action: z.enum(shareActions).optional(),
    /** Of networks of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<RbacPolicyRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can list the policies of every project.', {
        field: 'allProjects',
      })
    const { networkId, targetProject, action } = input
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(true),
    })
    const found = await reader(ctx).networkRbac.findMany({
      where: {
        AND: [
          input.allProjects ? {} : { projectId: requireProject(ctx).id },
          { networkId, targetProject, action },
          where,
        ],
      },
      include: policyParts,
      orderBy,
      take,
    })
    return page(found.map(policyRow), input.limit, (row) => row[input.sort.by])
  },
})
