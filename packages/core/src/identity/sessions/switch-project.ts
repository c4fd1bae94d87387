import { z } from 'zod'
import { defineVerb, mutate, NephosError, notFound, requireUser } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { forgetCredential } from '../principals/cache.ts'
import { actorOf, withGrants } from '../principals/grants.ts'
import { type CurrentSession, describeSession } from './current-session.ts'

/**
 * Makes the session act in another project of the user, on every tab.
 * @throws NephosError not_found when the user has no role on it, forbidden for a token (its scope is fixed)
 */
export const switchProject = defineVerb({
  name: 'identity.sessions.switchProject',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({ projectId: identityId }),
  run: async ({ ctx, input: { projectId } }): Promise<CurrentSession> => {
    const { userId, via } = requireUser(ctx)
    if (via.type !== 'session')
      throw new NephosError('forbidden', 'The scope of a token is fixed.', {
        remedy: 'Create a token in the other project.',
      })
    const user = await ctx.db.user.findUnique({ where: { id: userId }, include: withGrants })
    const actor = user && (await actorOf(ctx.db, user, via, { projectId, everything: true }))
    if (!actor?.project) throw notFound('project', projectId)
    const { project } = actor
    await mutate({ ...ctx, actor }, async (tx) => {
      const { count } = await tx.db.session.updateMany({
        where: { id: via.sessionId, revokedAt: null },
        data: { projectId },
      })
      if (count === 0) throw new NephosError('unauthenticated', 'The session has ended. Sign in again.')
      tx.audit({
        verb: 'identity.sessions.switchProject',
        resourceType: 'session',
        resourceId: via.sessionId,
        resourceName: project.name,
      })
    })
    forgetCredential(ctx, via.sessionId)
    return describeSession({ ...ctx, actor })
  },
})
