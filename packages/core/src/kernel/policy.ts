import { holdsRole, isAdmin, type RoleName } from './actor.ts'
import type { Ctx } from './context.ts'
import { NephosError } from './errors.ts'

/**
 * Who may call a verb. The verb itself limits what can be seen to the actor's project.
 * - `anyone`: also without a session (login)
 * - `user`: everyone signed in, on what is their own (key pairs, own sessions)
 * - `project`: a role on the project of the session; administrators may too
 * - `domain`: the role on a domain, checked against the target by the verb; a role on the system counts in every domain
 * - `system`: the role on the whole cloud; role admin on a project counts as admin, as in OpenStack's default policies
 */
export type Rule =
  | { scope: 'anyone' }
  | { scope: 'user' }
  | { scope: 'project'; role: RoleName }
  | { scope: 'domain'; role: RoleName }
  | { scope: 'system'; role: RoleName }

/** Checks the rule. @throws NephosError unauthenticated or forbidden, saying which role is missing */
export function authorise(ctx: Ctx, verb: string, rule: Rule): void {
  const { actor } = ctx
  if (rule.scope === 'anyone' || actor.kind === 'system') return
  if (actor.kind === 'anonymous') throw new NephosError('unauthenticated', 'Sign in first.')
  if (rule.scope === 'user') return
  if (isAdmin(actor)) return
  const held =
    rule.scope === 'project'
      ? actor.projectRoles
      : rule.scope === 'system'
        ? actor.systemRoles
        : [...actor.systemRoles, ...actor.domainRoles.flatMap((grant) => grant.roles)]
  if (rule.scope === 'project' && !actor.project)
    throw new NephosError('forbidden', 'This needs a project.', {
      remedy: 'Choose a project and try again.',
    })
  if (holdsRole(held, rule.role)) return
  const where = rule.scope === 'project' ? `project ${actor.project?.name}` : `the ${rule.scope}`
  throw new NephosError('forbidden', `This needs the role ${rule.role} on ${where}.`, {
    remedy: `Ask an administrator for the role ${rule.role}.`,
    detail: { verb, role: rule.role, scope: rule.scope, held: [...held] },
  })
}
