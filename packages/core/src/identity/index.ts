import { grantRole, listAssignments, revokeRole } from './assignments/index.ts'
import { createDomain } from './domains/create.ts'
import { listDomains } from './domains/list.ts'
import { createProject, deleteProject, listProjects, showProject, updateProject } from './projects/index.ts'
import { showQuotas } from './quotas/show.ts'
import { updateQuotas } from './quotas/update.ts'
import { listRoles } from './roles/list.ts'
import {
  currentSession,
  listSessions,
  login,
  logout,
  revokeSession,
  switchProject,
} from './sessions/index.ts'
import { authenticateToken, createToken, listTokens, revokeToken } from './tokens/index.ts'
import {
  changeOwnPassword,
  createUser,
  deleteUser,
  listUsers,
  setUserPassword,
  showUser,
  updateUser,
} from './users/index.ts'

export * from './assignments/index.ts'
export { createDomain } from './domains/create.ts'
export { listDomains } from './domains/list.ts'
export type { DomainRow } from './domains/row.ts'
export { forgetCredential, forgetUser } from './principals/cache.ts'
export { resolveCredential } from './principals/resolve-credential.ts'
export { type ResolveOptions, resolveSession } from './principals/resolve-session.ts'
export { resolveToken } from './principals/resolve-token.ts'
export * from './projects/index.ts'
export type { QuotaRow } from './quotas/rows.ts'
export { showQuotas } from './quotas/show.ts'
export { updateQuotas } from './quotas/update.ts'
export { type RemovedCredentials, removeExpiredCredentials } from './reconcile/expired-credentials.ts'
export { listRoles, type RoleRow } from './roles/list.ts'
export { type SeedOptions, seed } from './seed/seed.ts'
export * from './sessions/index.ts'
export * from './tokens/index.ts'
export * from './users/index.ts'

/** Verbs of this domain, nested by noun. */
export const identityVerbs = {
  sessions: {
    login,
    current: currentSession,
    switchProject,
    logout,
    list: listSessions,
    revoke: revokeSession,
  },
  tokens: {
    create: createToken,
    authenticate: authenticateToken,
    list: listTokens,
    revoke: revokeToken,
  },
  users: {
    list: listUsers,
    show: showUser,
    create: createUser,
    update: updateUser,
    delete: deleteUser,
    setPassword: setUserPassword,
    changeOwnPassword,
  },
  projects: {
    list: listProjects,
    show: showProject,
    create: createProject,
    update: updateProject,
    delete: deleteProject,
  },
  domains: { list: listDomains, create: createDomain },
  roles: { list: listRoles },
  assignments: { list: listAssignments, grant: grantRole, revoke: revokeRole },
  quotas: { show: showQuotas, update: updateQuotas },
}
