import { z } from 'zod'
import { defineVerb, mutate, NephosError, requireProject, requireUser } from '../../kernel/index.ts'
import { identityName } from '../names.ts'
import { insertToken } from './insert.ts'
import type { TokenRow } from './row.ts'

const day = 86_400

/**
 * Creates a token of the actor for the project it acts in. The secret is shown only now.
 * @throws NephosError forbidden without a project, and for a token: it must not prolong its own life
 */
export const createToken = defineVerb({
  name: 'identity.tokens.create',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({
    name: identityName,
    /** Seconds; 30 days unless given. */
    expiresInSeconds: z
      .int()
      .min(60, 'A token lives for at least 60 seconds.')
      .max(365 * day, 'A token lives for at most 365 days.')
      .default(30 * day),
  }),
  run: ({ ctx, input }): Promise<TokenRow & { secret: string }> => {
    const { userId, via } = requireUser(ctx)
    const { id: projectId } = requireProject(ctx)
    if (via.type === 'token')
      throw new NephosError('forbidden', 'A token cannot create tokens.', {
        remedy: 'Sign in with the password.',
      })
    return mutate(ctx, (tx) =>
      insertToken(tx, {
        userId,
        projectId,
        name: input.name,
        lifetimeSeconds: input.expiresInSeconds,
        verb: 'identity.tokens.create',
      }),
    )
  },
})
