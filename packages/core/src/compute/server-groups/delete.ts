import { z } from 'zod'
import { defineVerb, mutate, returnQuota } from '../../kernel/index.ts'
import { findServerGroup, serverGroupChanged } from './row.ts'

/** Removes a server group. Its members stay where they are; nothing binds them any more. @throws NephosError not_found */
export const deleteServerGroup = defineVerb({
  name: 'compute.serverGroups.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const group = await findServerGroup(ctx, id, tx.db)
      await tx.db.instance.updateMany({ where: { serverGroupId: id }, data: { serverGroupId: null } })
      const { count } = await tx.db.serverGroup.deleteMany({ where: { id } })
      if (count === 0) return { id }
      tx.audit({
        verb: 'compute.serverGroups.delete',
        resourceType: 'server-group',
        resourceId: id,
        resourceName: group.name,
        projectId: group.projectId,
        detail: { members: group.memberCount },
      })
      serverGroupChanged(tx, 'deleted', group)
      await returnQuota(tx.db, group.projectId, { server_groups: 1 })
      return { id }
    }),
})
