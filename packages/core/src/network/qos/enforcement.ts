import type { Db, Tx } from '@nephos/db'
import type { Ctx } from '../../kernel/index.ts'
import { requireAbility, type UnableHost, unableHosts } from '../abilities.ts'

/** A host that cannot limit what ports send and receive. */
export type HostWithoutLimits = UnableHost

/** The hosts on which policies have no effect. */
export const hostsWithoutLimits = (ctx: Ctx, db: Db | Tx): Promise<HostWithoutLimits[]> =>
  unableHosts(ctx, db, 'noRateLimits')

/** Refuses a rule that no host could honour. @throws NephosError unsupported with the reason of a host */
export const requireRateLimits = (db: Db | Tx): Promise<void> =>
  requireAbility(db, 'noRateLimits', 'No host can limit what ports send.')
