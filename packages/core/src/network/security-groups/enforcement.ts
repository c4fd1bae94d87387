import type { Db, Tx } from '@nephos/db'
import type { Ctx } from '../../kernel/index.ts'
import { requireAbility, type UnableHost, unableHosts } from '../abilities.ts'

/** A host that cannot filter. */
export type HostWithoutFilter = UnableHost

/** The hosts on which security groups have no effect. */
export const hostsWithoutFilter = (ctx: Ctx, db: Db | Tx): Promise<HostWithoutFilter[]> =>
  unableHosts(ctx, db, 'noSecurityGroups')

/** Refuses a rule that no host could honour. @throws NephosError unsupported with the reason of a host */
export const requireFilter = (db: Db | Tx): Promise<void> =>
  requireAbility(db, 'noSecurityGroups', 'No host can apply rules of security groups.')
