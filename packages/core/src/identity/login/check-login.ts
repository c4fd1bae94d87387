import { type Ctx, NephosError } from '../../kernel/index.ts'
import { verifyPassword } from '../passwords/hash.ts'
import { mayActAtAll, type UserWithGrants, withGrants } from '../principals/grants.ts'
import { countAttempt } from './throttle.ts'

/** Who says to be whom. */
export interface Login {
  /** Name of the user's domain. */
  domain: string
  name: string
  password: string
}

/**
 * The user whose password this is. Whether the domain, the user or the password is wrong can be told neither from the
 * answer nor from its time.
 * @throws NephosError unauthenticated, rate_limited
 */
export async function checkLogin(ctx: Ctx, { domain, name, password }: Login): Promise<UserWithGrants> {
  const attempt = await countAttempt(ctx, `${domain}\0${name}`)
  const user = await ctx.db.user.findFirst({
    where: { name, domain: { name: domain } },
    include: withGrants,
  })
  if (!(await verifyPassword(user?.passwordHash, password)) || !user) {
    ctx.log.info({ address: ctx.address }, 'login refused')
    throw new NephosError('unauthenticated', 'The name or the password is wrong.', {
      remedy: 'Check both and try again.',
    })
  }
  if (!mayActAtAll(user))
    throw new NephosError('unauthenticated', 'This user is disabled.', {
      remedy: 'Ask an administrator to enable it.',
    })
  await attempt.succeeded()
  return user
}
