import type { AssignmentType } from '@nephos/db'
import { z } from 'zod'
import { type Ctx, isAdmin, NephosError, notFound, type RoleName } from '../../kernel/index.ts'
import { findDomain } from '../domains/row.ts'
import { identityId } from '../names.ts'
import { findProject } from '../projects/row.ts'

/** What a role is held on. */
export const assignmentTarget = z.discriminatedUnion('type', [
  z.object({ type: z.literal('project'), id: identityId }),
  z.object({ type: z.literal('domain'), id: identityId }),
  z.object({ type: z.literal('system') }),
])

/**
 * Checks that the actor may grant or revoke the role on the target: an administrator any, the manager of a domain any
 * but admin within it.
 * @throws NephosError not_found, forbidden
 */
export async function requireGrantable(
  ctx: Ctx,
  role: RoleName,
  target: { type: AssignmentType; id: string },
): Promise<void> {
  if (target.type === 'project') await findProject(ctx, target.id, 'manager')
  if (target.type === 'domain') await findDomain(ctx, target.id, 'manager')
  if (isAdmin(ctx.actor)) return
  if (target.type === 'system') throw notFound('assignment target', 'system')
  if (role === 'admin')
    throw new NephosError('forbidden', 'Only an administrator may grant or revoke the role admin.', {
      remedy: 'Ask an administrator of the cloud.',
    })
}
