import type { Domain } from '@nephos/db'
import { type Ctx, type RoleName, reader } from '../../kernel/index.ts'
import { requireDomain } from '../policy/domain-scope.ts'

/** A domain: a realm of users and projects whose names are unique within it. */
export interface DomainRow {
  id: string
  name: string
  description: string
  enabled: boolean
  createdAt: Date
  updatedAt: Date
}

/** The row of a stored domain. */
export const domainRow = (domain: Domain): DomainRow => ({
  id: domain.id,
  name: domain.name,
  description: domain.description,
  enabled: domain.enabled,
  createdAt: domain.createdAt,
  updatedAt: domain.updatedAt,
})

/** The domain, when the actor holds `role` on it. @throws NephosError not_found, forbidden */
export async function findDomain(ctx: Ctx, id: string, role: RoleName): Promise<Domain> {
  const domain = await reader(ctx).domain.findUnique({ where: { id } })
  requireDomain(ctx, role, 'domain', id, domain && { domainId: domain.id })
  return domain!
}
