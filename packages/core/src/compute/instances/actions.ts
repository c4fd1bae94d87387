import { z } from 'zod'
import {
  defineVerb,
  isAdmin,
  type Json,
  keyset,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { dateOfCursor } from '../../operation/date-of-cursor.ts'
import { findInstance } from './find.ts'

/** One thing that was done to an instance, or that happened to it. */
export interface InstanceActionRow {
  id: string
  /** What: `start`, `lock`, `crashed`. */
  action: string
  at: Date
  requestId: string
  /** Null where nobody asked for it. */
  userId: string | null
  userName: string
  detail: Json
  /** The work that it began; null where it was done at once. */
  operation: {
    id: string
    kind: string
    status: string
    startedAt: Date | null
    endedAt: Date | null
    errorMessage: string | null
  } | null
}

/**
 * Everything that was done to an instance and that happened to it, newest first, also after its deletion.
 * @throws NephosError not_found
 */
export const listInstanceActions = defineVerb({
  name: 'compute.instances.actions',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ ...pageInput, id: z.uuid() }),
  run: async ({ ctx, input }): Promise<Page<InstanceActionRow>> => {
    const db = reader(ctx)
    const { where, orderBy, take } = keyset({
      field: 'at',
      direction: 'desc',
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOfCursor,
    })
    const mine = isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }
    const resource = { resourceType: 'instance', resourceId: input.id, ...mine }
    const rows = await db.audit.findMany({ where: { AND: [resource, where] }, orderBy, take })
    // A deleted instance is only known by what was done to it.
    if (rows.length === 0 && !input.cursor) await findInstance(ctx, input.id)
    const operations = await db.operation.findMany({
      where: { ...resource, requestId: { in: [...new Set(rows.map(({ requestId }) => requestId))] } },
      select: {
        id: true,
        kind: true,
        status: true,
        startedAt: true,
        endedAt: true,
        errorMessage: true,
        requestId: true,
      },
    })
    return page(
      rows.map(({ id, verb, at, requestId, userId, userName, detail }) => {
        const found = operations.find((operation) => operation.requestId === requestId)
        const operation = found && (({ requestId: _, ...row }) => row)(found)
        return {
          id,
          action: verb.split('.').at(-1) ?? verb,
          at,
          requestId,
          userId,
          userName,
          detail: (detail as Json) ?? null,
          operation: operation ?? null,
        }
      }),
      input.limit,
      (row) => row.at,
    )
  },
})
