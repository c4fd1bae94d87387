import { isForeignKeyViolation } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, isAdmin, type MutationTx, mutate, returnQuota } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { announceSecurityGroups, lockSecurityGroup, type SecurityGroupRow } from './row.ts'

const named = 10

/**
 * Deletes a security group that no port is in, and the rules of other groups that name it. The default group stays;
 * only an administrator may delete it, and its project gets a new one when it needs it.
 * @throws NephosError not_found, or conflict naming what is in it
 */
export const deleteSecurityGroup = defineVerb({
  name: 'network.securityGroups.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    try {
      return await mutate(ctx, async (tx) => {
        const group = await lockSecurityGroup(ctx, tx, id)
        if (group.isDefault && !isAdmin(ctx.actor))
          throw conflict('The default security group of a project cannot be deleted.', {
            remedy: 'Change its rules instead.',
          })
        if (group.portCount > 0) throw await inUse(tx, group)
        const naming = { remoteGroupId: id, groupId: { not: id } }
        const elsewhere = await tx.db.securityGroupRule.findMany({
          where: naming,
          select: { groupId: true },
        })
        const others = [...new Set(elsewhere.map(({ groupId }) => groupId))].sort()
        await tx.db.securityGroup.updateMany({
          where: { id: { in: others } },
          data: { generation: { increment: 1 } },
        })
        await tx.db.securityGroup.delete({ where: { id } })
        tx.audit({
          verb: 'network.securityGroups.delete',
          resourceType: 'security-group',
          resourceId: id,
          resourceName: group.name,
          projectId: group.projectId,
          detail: { rulesOfOtherGroups: elsewhere.length },
        })
        tx.event({
          noun: 'security_group',
          change: 'deleted',
          id,
          audience: { kind: 'project', projectId: group.projectId },
          data: null,
        })
        await announceSecurityGroups(tx, others)
        await returnQuota(tx.db, group.projectId, {
          security_groups: 1,
          security_group_rules: group.ruleCount + elsewhere.length,
        })
        return { id }
      })
    } catch (error) {
      if (isForeignKeyViolation(error))
        throw conflict('A port joined the security group at the same moment.', { remedy: 'Try again.' })
      throw error
    }
  },
})

async function inUse(tx: MutationTx, { id, name, portCount }: SecurityGroupRow) {
  const ports = await tx.db.port.findMany({
    where: { securityGroups: { some: { groupId: id } } },
    select: { id: true, name: true, macAddress: true, instance: { select: { name: true } } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: named,
  })
  const users = [
    ...new Set(ports.map((port) => port.instance?.name ?? `port ${port.name || port.macAddress}`)),
  ]
  const more = portCount > ports.length ? ` and ${portCount - ports.length} more` : ''
  return conflict(
    `The security group ${name} is in use: ${portCount} ${portCount === 1 ? 'port is' : 'ports are'} in it (${users.join(', ')}${more}).`,
    {
      remedy: 'Take them out of the group first.',
      detail: { ports: portCount, portIds: ports.map((port) => port.id), usedBy: users },
    },
  )
}
