import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { dateOfCursor } from '../../operation/date-of-cursor.ts'
import { sortDirection } from '../names.ts'
import { type MigrationRow, migrationRow, migrationSelect } from './row.ts'

/** Moves of instances, the newest first: of one instance or host, or of the whole cloud. */
export const listMigrations = defineVerb({
  name: 'compute.migrations.list',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    instanceId: z.uuid().optional(),
    /** Name of a host: source or destination. */
    host: z.string().max(255).optional(),
    kind: z.enum(['resize', 'migration', 'live-migration', 'evacuation']).optional(),
    status: z.string().max(40).optional(),
    /** Only those that are not over. */
    open: z.boolean().optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<MigrationRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOfCursor,
    })
    const { instanceId, host, kind, status, open } = input
    const records = await reader(ctx).migration.findMany({
      where: {
        AND: [
          {
            ...(instanceId && { instanceId }),
            ...(kind && { kind }),
            ...(status && { status }),
            ...(open && { endedAt: null }),
          },
          host ? { OR: [{ sourceHost: host }, { destHost: host }] } : {},
          where,
        ],
      },
      orderBy,
      take,
      select: migrationSelect,
    })
    return page(
      records.map((record) => migrationRow(record, { admin: true })),
      input.limit,
      (row) => row.createdAt,
    )
  },
})
