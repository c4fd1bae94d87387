import type { Tx } from '@nephos/db'
import { z } from 'zod'
import { forgetMemberships } from '../../image/members/forget-project.ts'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { uncountedOwners } from '../../network/ports/owners.ts'
import { forgetShares } from '../../network/rbac-policies/forget-project.ts'
import { identityId } from '../names.ts'
import { forgetUser } from '../principals/cache.ts'
import { memberIds } from './members.ts'
import { findProject, projectChanged } from './row.ts'

/**
 * Removes an empty project with its role assignments, quotas and tokens.
 * @throws NephosError not_found, forbidden, conflict naming what the project still has
 */
export const deleteProject = defineVerb({
  name: 'identity.projects.delete',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({ id: identityId }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    const members = await mutate(ctx, async (tx) => {
      const { db } = tx
      const project = await findProject(ctx, id, 'manager', db)
      await refuseFull(db, id)
      const ids = await memberIds(db, id)
      const target = { targetType: 'project', targetId: id } as const
      await db.assignment.deleteMany({ where: target })
      await db.token.deleteMany({ where: { scopeType: 'project', scopeId: id } })
      await db.session.updateMany({ where: { projectId: id }, data: { projectId: null } })
      await db.user.updateMany({ where: { defaultProjectId: id }, data: { defaultProjectId: null } })
      await db.quotaUsage.deleteMany({ where: { scope: 'project', scopeId: id } })
      await db.quotaLimit.deleteMany({ where: { projectId: id } })
      await db.flavorAccess.deleteMany({ where: { projectId: id } })
      await db.volumeTypeAccess.deleteMany({ where: { projectId: id } })
      await db.volumeDefaultType.deleteMany({ where: { projectId: id } })
      await forgetShares(tx, id)
      await forgetMemberships(tx, id)
      await db.securityGroup.deleteMany({ where: { projectId: id } })
      await db.addressGroup.deleteMany({ where: { projectId: id } })
      await db.project.deleteMany({ where: { id } })
      projectChanged(tx, 'identity.projects.delete', 'deleted', project)
      return ids
    })
    for (const member of members) forgetUser(ctx, member)
    return { id }
  },
})

async function refuseFull(db: Tx, projectId: string): Promise<void> {
  const counts = {
    instances: await db.instance.count({ where: { projectId, vmState: { not: 'deleted' } } }),
    networks: await db.network.count({ where: { projectId } }),
    ports: await db.port.count({ where: { projectId, deviceOwner: { notIn: [...uncountedOwners] } } }),
    routers: await db.router.count({ where: { projectId } }),
    'floating IPs': await db.floatingIp.count({ where: { projectId } }),
    'security groups': await db.securityGroup.count({ where: { projectId, defaultOf: null } }),
    volumes: await db.volume.count({ where: { projectId } }),
    'volume snapshots': await db.volumeSnapshot.count({ where: { projectId } }),
    'volume backups': await db.volumeBackup.count({ where: { projectId } }),
    images: await db.image.count({ where: { projectId, status: { not: 'deleted' } } }),
  }
  const left = Object.entries(counts).filter(([, count]) => count > 0)
  if (left.length > 0)
    throw conflict(`The project still has ${left.map(([noun, count]) => `${count} ${noun}`).join(', ')}.`, {
      remedy: 'Delete them first.',
      detail: counts,
    })
}
