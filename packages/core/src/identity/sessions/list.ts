import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader, requireUser } from '../../kernel/index.ts'
import { sortValue } from '../names.ts'

/** One of the actor's own sessions. */
export interface SessionRow {
  id: string
  /** True for the session that asks. */
  current: boolean
  address: string
  userAgent: string
  createdAt: Date
  lastSeenAt: Date
  idleExpiresAt: Date
  absoluteExpiresAt: Date
}

/** The actor's sessions that are still good, newest first. */
export const listSessions = defineVerb({
  name: 'identity.sessions.list',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object(pageInput),
  run: async ({ ctx, input }): Promise<Page<SessionRow>> => {
    const { userId, via } = requireUser(ctx)
    const now = new Date()
    const { where, orderBy, take } = keyset({
      field: 'createdAt',
      direction: 'desc',
      parse: sortValue('createdAt'),
      ...input,
    })
    const sessions = await reader(ctx).session.findMany({
      where: {
        AND: [{ userId, revokedAt: null, idleExpiresAt: { gt: now }, absoluteExpiresAt: { gt: now } }, where],
      },
      select: {
        id: true,
        address: true,
        userAgent: true,
        createdAt: true,
        lastSeenAt: true,
        idleExpiresAt: true,
        absoluteExpiresAt: true,
      },
      orderBy,
      take,
    })
    return page(
      sessions.map((session) => ({
        ...session,
        current: via.type === 'session' && session.id === via.sessionId,
      })),
      input.limit,
      (row) => row.createdAt,
    )
  },
})
