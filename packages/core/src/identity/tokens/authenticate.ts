import { z } from 'zod'
import { defineVerb, mutate, NephosError } from '../../kernel/index.ts'
import { checkLogin } from '../login/check-login.ts'
import { givenPassword, identityName } from '../names.ts'
import { actorOf, projectIdsOf, type UserWithGrants } from '../principals/grants.ts'
import { insertToken } from './insert.ts'

/**
 * Trades a password for a token, for scripts. It is good for one project (by name or id; the default one, or the first
 * by name, unless given) and as long as a browser session can be.
 * @throws NephosError unauthenticated, rate_limited, forbidden when the user has no role on the project
 */
export const authenticateToken = defineVerb({
  name: 'identity.tokens.authenticate',
  kind: 'mutation',
  rule: { scope: 'anyone' },
  input: z.object({
    domain: identityName.default('Default'),
    name: identityName,
    password: givenPassword,
    project: identityName.optional(),
  }),
  run: async ({ ctx, input }): Promise<{ secret: string; expiresAt: Date }> => {
    const user = await checkLogin(ctx, input)
    const projects = await ctx.db.project.findMany({
      where: { id: { in: projectIdsOf(user) }, enabled: true, domain: { enabled: true } },
      select: { id: true, name: true, domainId: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    })
    const project = choose(projects, user, input.project)
    if (!project)
      throw new NephosError(
        'forbidden',
        input.project
          ? `The user has no role on a project ${input.project}.`
          : 'The user has no role on any project.',
        { field: 'project', remedy: 'Ask an administrator for a role on a project.' },
      )
    const via = { type: 'token', tokenId: '' } as const
    const actor = await actorOf(ctx.db, user, via, { projectId: project.id, everything: false })
    const { secret, expiresAt } = await mutate({ ...ctx, actor }, (tx) =>
      insertToken(tx, {
        userId: user.id,
        projectId: project.id,
        name: 'password',
        lifetimeSeconds: ctx.config.sessionLifetime,
        verb: 'identity.tokens.authenticate',
      }),
    )
    return { secret, expiresAt }
  },
})

function choose(
  projects: { id: string; name: string; domainId: string }[],
  user: UserWithGrants,
  wanted: string | undefined,
) {
  if (wanted === undefined) return projects.find(({ id }) => id === user.defaultProjectId) ?? projects[0]
  const named = projects.filter(({ name }) => name === wanted)
  return (
    projects.find(({ id }) => id === wanted) ??
    named.find(({ domainId }) => domainId === user.domainId) ??
    named[0]
  )
}
