import { newId } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, mutate, requireProject, requireUser, takeQuota } from '../../kernel/index.ts'
import { displayName } from '../names.ts'
import {
  type ServerGroupRow,
  serverGroupChanged,
  serverGroupPolicies,
  serverGroupRow,
  serverGroupSelect,
} from './row.ts'

/** What `compute.serverGroups.create` takes. */
export const createServerGroupInput = z
  .object({
    name: displayName,
    policy: z.enum(serverGroupPolicies, 'Choose one of the policies.'),
    maxPerHost: z
      .int()
      .min(1, 'At least 1 member has to fit on a host.')
      .max(1_000, 'Allow at most 1000 members on a host.')
      .default(1),
  })
  .refine(({ policy, maxPerHost }) => policy === 'anti-affinity' || maxPerHost === 1, {
    path: ['maxPerHost'],
    message: 'Only the policy anti-affinity has a number of members on one host.',
  })

/** Creates a server group in the session's project. @throws NephosError quota_exceeded */
export const createServerGroup = defineVerb({
  name: 'compute.serverGroups.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: createServerGroupInput,
  run: ({ ctx, input }): Promise<ServerGroupRow> => {
    const { id: projectId } = requireProject(ctx)
    const { userId } = requireUser(ctx)
    return mutate(ctx, async (tx) => {
      const record = await tx.db.serverGroup.create({
        data: { id: newId(), projectId, userId, ...input },
        select: serverGroupSelect,
      })
      const row = serverGroupRow(record)
      tx.audit({
        verb: 'compute.serverGroups.create',
        resourceType: 'server-group',
        resourceId: row.id,
        resourceName: row.name,
        detail: { policy: row.policy, maxPerHost: row.maxPerHost },
      })
      serverGroupChanged(tx, 'created', row)
      await takeQuota(tx.db, projectId, { server_groups: 1 })
      return row
    })
  },
})
