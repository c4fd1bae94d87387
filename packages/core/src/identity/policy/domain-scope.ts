import {
  type Actor,
  type Ctx,
  holdsRole,
  isAdmin,
  NephosError,
  notFound,
  type RoleName,
} from '../../kernel/index.ts'

/** The domains in which the actor holds the role; `all` for administrators and whoever holds it on the system. */
export function domainsWith(actor: Actor, role: RoleName): 'all' | string[] {
  if (isAdmin(actor)) return 'all'
  if (actor.kind !== 'user') return []
  if (holdsRole(actor.systemRoles, role)) return 'all'
  return actor.domainRoles.filter((grant) => holdsRole(grant.roles, role)).map((grant) => grant.domainId)
}

/** The part of a list's filter that leaves only rows of domains in which the actor holds the role. */
export function inDomainsWith(actor: Actor, role: RoleName): { domainId?: { in: string[] } } {
  const domains = domainsWith(actor, role)
  return domains === 'all' ? {} : { domainId: { in: domains } }
}

/**
 * Passes a row whose domain the actor may read or change.
 * @throws NephosError not_found when it cannot even see it, forbidden when it may only read it
 */
export function requireDomain<Row extends { domainId: string }>(
  ctx: Ctx,
  role: RoleName,
  noun: string,
  id: string,
  row: Row | null,
): Row {
  const allowed = (wanted: RoleName) => {
    const domains = domainsWith(ctx.actor, wanted)
    return row !== null && (domains === 'all' || domains.includes(row.domainId))
  }
  if (row && allowed(role)) return row
  if (!allowed('reader')) throw notFound(noun, id)
  throw new NephosError('forbidden', `This needs the role ${role} on the domain of the ${noun}.`, {
    remedy: `Ask an administrator for the role ${role}.`,
  })
}
