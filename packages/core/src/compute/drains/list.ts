import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { dateOfCursor } from '../../operation/date-of-cursor.ts'
import { sortDirection } from '../names.ts'
import { type DrainRow, drainRows } from './row.ts'

/** Drains of hosts, the newest first. */
export const listDrains = defineVerb({
  name: 'compute.drains.list',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    hostId: z.uuid().optional(),
    /** Only those that are running or paused. */
    open: z.boolean().optional(),
  }),
  run: async ({ ctx, input: { sort, limit, cursor, hostId, open } }): Promise<Page<DrainRow>> => {
    const { where, orderBy, take } = keyset({
      field: sort.by,
      direction: sort.dir,
      limit,
      cursor,
      parse: dateOfCursor,
    })
    const db = reader(ctx)
    const drains = await db.drain.findMany({
      where: {
        AND: [{ ...(hostId && { hostId }), ...(open && { status: { in: ['running', 'paused'] } }) }, where],
      },
      orderBy,
      take,
    })
    return page(await drainRows(db, drains), limit, (row) => row.createdAt)
  },
})
