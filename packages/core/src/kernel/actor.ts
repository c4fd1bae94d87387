/** Role names, weakest first. Each holds the rights of those before it. */
export const roleNames = ['reader', 'member', 'manager', 'admin'] as const
export type RoleName = (typeof roleNames)[number]

/** True when `held` contains `wanted` or a role that implies it (admin ⊃ manager ⊃ member ⊃ reader). */
export const holdsRole = (held: readonly RoleName[], wanted: RoleName): boolean =>
  held.some((role) => roleNames.indexOf(role) >= roleNames.indexOf(wanted))

/** A signed-in person or script, with the scope of its session or token. */
export interface UserActor {
  kind: 'user'
  userId: string
  userName: string
  domainId: string
  /** How the actor signed in. */
  via: { type: 'session'; sessionId: string } | { type: 'token'; tokenId: string }
  /** The project acted in; absent for a domain or system scope. */
  project?: { id: string; name: string; domainId: string }
  /** Roles on that project. */
  projectRoles: RoleName[]
  /** Domain acted on and the roles there, when a domain scope was asked for. */
  domainRoles: { domainId: string; roles: RoleName[] }[]
  systemRoles: RoleName[]
}

/** A process of Nephos itself. */
export interface SystemActor {
  kind: 'system'
  name: string
  /** The user who has asked for what it does: operations are theirs. */
  forUserId?: string
}

/** Nobody: before login. */
export interface AnonymousActor {
  kind: 'anonymous'
}

export type Actor = UserActor | SystemActor | AnonymousActor

/**
 * True for whoever administers the cloud: role admin on the system or, as OpenStack's default policies have it, on
 * the project of the session.
 */
export const isAdmin = (actor: Actor): boolean =>
  actor.kind === 'system' ||
  (actor.kind === 'user' && (holdsRole(actor.systemRoles, 'admin') || holdsRole(actor.projectRoles, 'admin')))
