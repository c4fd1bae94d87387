import type { Assignment, AssignmentType, Db, Domain, Prisma, Role, Tx, User } from '@nephos/db'
import { type RoleName, roleNames, type UserActor } from '../../kernel/index.ts'

/** A user with its domain and every role it holds. */
export type UserWithGrants = User & { domain: Domain; assignments: (Assignment & { role: Role })[] }

/** Reads a {@link UserWithGrants}. */
export const withGrants = {
  domain: true,
  assignments: { include: { role: true } },
} satisfies Prisma.UserInclude

/** The roles that the user holds on one target. */
export const rolesOn = (
  { assignments }: Pick<UserWithGrants, 'assignments'>,
  type: AssignmentType,
  id: string,
): RoleName[] =>
  assignments
    .filter((row) => row.targetType === type && row.targetId === id)
    .flatMap(({ role }) => roleNames.filter((name) => name === role.name))

/** True when the user and its domain are enabled. */
export const mayActAtAll = (user: UserWithGrants): boolean => user.enabled && user.domain.enabled

/** Ids of the projects on which the user holds a role. */
export const projectIdsOf = ({ assignments }: Pick<UserWithGrants, 'assignments'>): string[] => [
  ...new Set(assignments.filter((row) => row.targetType === 'project').map((row) => row.targetId)),
]

/** What a session or token is good for. `everything` are the roles on the system and on domains. */
export interface ActorScope {
  projectId: string | null
  everything: boolean
  domainId?: string
  system?: boolean
}

/** The actor that a user is in a scope. A project that is gone, disabled or without a role of the user is left out. */
export async function actorOf(
  db: Db | Tx,
  user: UserWithGrants,
  via: UserActor['via'],
  scope: ActorScope,
): Promise<UserActor> {
  const projectRoles = scope.projectId ? rolesOn(user, 'project', scope.projectId) : []
  const project =
    scope.projectId && projectRoles.length > 0
      ? await db.project.findFirst({
          where: { id: scope.projectId, enabled: true, domain: { enabled: true } },
          select: { id: true, name: true, domainId: true },
        })
      : null
  const domainIds = new Set(
    user.assignments
      .filter((row) => row.targetType === 'domain' && (scope.everything || row.targetId === scope.domainId))
      .map((row) => row.targetId),
  )
  return {
    kind: 'user',
    userId: user.id,
    userName: user.name,
    domainId: user.domainId,
    via,
    project: project ?? undefined,
    projectRoles: project ? projectRoles : [],
    domainRoles: [...domainIds].map((domainId) => ({ domainId, roles: rolesOn(user, 'domain', domainId) })),
    systemRoles: scope.everything || scope.system ? rolesOn(user, 'system', 'all') : [],
  }
}
