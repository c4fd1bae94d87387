import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { checkLogin } from '../login/check-login.ts'
import { givenPassword, identityName } from '../names.ts'
import { type CurrentSession, describeSession } from './current-session.ts'
import { openSession } from './open.ts'

/**
 * Signs a person in with a new session. The secret is for the session cookie and is not shown again.
 * @throws NephosError unauthenticated, rate_limited with `detail.retryAfterSeconds`
 */
export const login = defineVerb({
  name: 'identity.sessions.login',
  kind: 'mutation',
  rule: { scope: 'anyone' },
  input: z.object({
    domain: identityName.default('Default'),
    name: identityName,
    password: givenPassword,
  }),
  run: async ({ ctx, input }): Promise<{ secret: string; session: CurrentSession }> => {
    const user = await checkLogin(ctx, input)
    const { secret, actor } = await openSession(ctx, user)
    return { secret, session: await describeSession({ ...ctx, actor }) }
  },
})
