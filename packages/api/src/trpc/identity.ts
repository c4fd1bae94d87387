import { identityVerbs, NephosError } from '@nephos/core'
import { baseProcedure, router } from './init.ts'
import { answer, inputOf, procedures } from './procedure.ts'

const { login, logout } = identityVerbs.sessions

/** The secret goes into the cookie and nowhere else: no script of a page can read it. */
const loginProcedure = baseProcedure.input(inputOf(login)).mutation(({ ctx, input }) =>
  answer(ctx, login.verb, async () => {
    const { setSession } = ctx
    if (!setSession)
      throw new NephosError('unsupported', 'Sessions are for browsers.', {
        remedy: 'Get a token with identity.tokens.authenticate.',
      })
    const { secret, session } = await login({ ctx, input })
    setSession(secret)
    return { session }
  }),
)

const logoutProcedure = baseProcedure.input(inputOf(logout)).mutation(({ ctx, input }) =>
  answer(ctx, logout.verb, async () => {
    // Also when the session has ended already.
    ctx.setSession?.(null)
    return logout({ ctx, input })
  }),
)

/** tRPC face of the domain identity; the session's secret never leaves it but as a cookie. */
export const identityRouter = router({
  ...procedures(identityVerbs),
  sessions: router({
    ...procedures(identityVerbs.sessions),
    login: loginProcedure,
    logout: logoutProcedure,
  }),
})
