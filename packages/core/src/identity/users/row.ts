import type { Domain, User } from '@nephos/db'
import { type Ctx, type MutationTx, type RoleName, reader } from '../../kernel/index.ts'
import { requireDomain } from '../policy/domain-scope.ts'

/** A user as lists, `show` and events have it. */
export interface UserRow {
  id: string
  domainId: string
  domainName: string
  name: string
  email: string | null
  description: string
  enabled: boolean
  defaultProjectId: string | null
  lastLoginAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** A user with its domain. */
export type UserWithDomain = User & { domain: Domain }

/** The row of a stored user. */
export const userRow = (user: UserWithDomain): UserRow => ({
  id: user.id,
  domainId: user.domainId,
  domainName: user.domain.name,
  name: user.name,
  email: user.email,
  description: user.description,
  enabled: user.enabled,
  defaultProjectId: user.defaultProjectId,
  lastLoginAt: user.lastLoginAt,
  createdAt: user.createdAt,
  updatedAt: user.updatedAt,
})

/** The user, when the actor holds `role` on its domain. @throws NephosError not_found, forbidden */
export async function findUser(
  ctx: Ctx,
  id: string,
  role: RoleName,
  db = reader(ctx),
): Promise<UserWithDomain> {
  const user = await db.user.findUnique({ where: { id }, include: { domain: true } })
  return requireDomain(ctx, role, 'user', id, user)
}

/** Writes what changed about a user to the audit log and announces it to the user and to administrators. */
export function userChanged(
  tx: MutationTx,
  verb: string,
  change: 'created' | 'updated' | 'deleted',
  user: UserWithDomain,
  fields: string[] = [],
): void {
  tx.audit({
    verb,
    resourceType: 'user',
    resourceId: user.id,
    resourceName: user.name,
    projectId: null,
    detail: fields.length > 0 ? { fields } : undefined,
  })
  tx.event({
    noun: 'user',
    change,
    id: user.id,
    audience: { kind: 'user', userId: user.id },
    data: change === 'deleted' ? null : userRow(user),
  })
}
