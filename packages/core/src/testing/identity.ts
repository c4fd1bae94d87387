import { randomBytes, randomUUID } from 'node:crypto'
import { newHexId, newId, type Project, type User } from '@nephos/db'
import { hashPassword } from '../identity/passwords/hash.ts'
import type { Ctx, RoleName, UserActor } from '../kernel/index.ts'
import type { TestCloud } from './cloud.ts'

/** A name that no other test uses. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex')}`

/** A new project. Each test makes its own. */
export const makeProject = (cloud: TestCloud, fields: Partial<Project> = {}): Promise<Project> =>
  cloud.db.project.create({
    data: { id: newHexId(), domainId: cloud.domainId, name: uniqueName('project'), ...fields },
  })

/** What {@link makeUser} takes: columns of the user, and what it may do. */
export interface NewTestUser extends Partial<Omit<User, 'passwordHash'>> {
  password?: string
  /** Role on `project`. */
  role?: RoleName
  project?: Pick<Project, 'id'>
  systemRole?: RoleName
  /** Role on the domain of the user. */
  domainRole?: RoleName
}

/** A new user with the given assignments, without a password unless one is given. */
export async function makeUser(cloud: TestCloud, fields: NewTestUser = {}): Promise<User> {
  const { password, role, project, systemRole, domainRole, ...columns } = fields
  const user = await cloud.db.user.create({
    data: {
      id: newHexId(),
      domainId: cloud.domainId,
      name: uniqueName('user'),
      passwordHash: password === undefined ? null : await hashPassword(password),
      ...columns,
    },
  })
  if (role && project) await assignRole(cloud, user.id, role, 'project', project.id)
  if (systemRole) await assignRole(cloud, user.id, systemRole, 'system', 'all')
  if (domainRole) await assignRole(cloud, user.id, domainRole, 'domain', user.domainId)
  return user
}

/** Gives a user a role on a target. */
export async function assignRole(
  cloud: TestCloud,
  userId: string,
  role: RoleName,
  targetType: 'project' | 'domain' | 'system',
  targetId: string,
): Promise<void> {
  const { id: roleId } = await cloud.db.role.findUniqueOrThrow({ where: { name: role } })
  await cloud.db.assignment.create({ data: { id: newId(), userId, roleId, targetType, targetId } })
}

/** Who calls, for {@link ctxFor}. */
export interface TestCaller {
  user?: Pick<User, 'id' | 'name' | 'domainId'>
  project?: Pick<Project, 'id' | 'name' | 'domainId'>
  /** Role on the project; member unless given. */
  role?: RoleName
  systemRole?: RoleName
  domainRole?: RoleName
}

/** The context of a call by a signed-in user. Nothing is written: the roles are as given, not as stored. */
export function ctxFor(cloud: TestCloud, caller: TestCaller = {}): Ctx {
  const { user, project, role = 'member', systemRole, domainRole } = caller
  const actor: UserActor = {
    kind: 'user',
    userId: user?.id ?? newHexId(),
    userName: user?.name ?? 'tester',
    domainId: user?.domainId ?? cloud.domainId,
    via: { type: 'session', sessionId: newId() },
    project: project && { id: project.id, name: project.name, domainId: project.domainId },
    projectRoles: project ? [role] : [],
    domainRoles: domainRole ? [{ domainId: user?.domainId ?? cloud.domainId, roles: [domainRole] }] : [],
    systemRoles: systemRole ? [systemRole] : [],
  }
  return callCtx(cloud, actor)
}

/** The context of a call without a session. */
export const anonymousCtx = (cloud: TestCloud): Ctx => callCtx(cloud, { kind: 'anonymous' })

/** The context of a call by `actor`. */
export const callCtx = (cloud: TestCloud, actor: Ctx['actor']): Ctx => ({
  ...cloud.services,
  actor,
  requestId: `req-${randomUUID()}`,
  address: '192.0.2.1',
  userAgent: 'vitest',
})

/** A new project with a new member and the member's context: what most tests begin with. */
export async function makeTenant(
  cloud: TestCloud,
  role: RoleName = 'member',
): Promise<{ project: Project; user: User; ctx: Ctx }> {
  const project = await makeProject(cloud)
  const user = await makeUser(cloud, { role, project })
  return { project, user, ctx: ctxFor(cloud, { user, project, role }) }
}
