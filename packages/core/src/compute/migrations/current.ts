import { z } from 'zod'
import { defineVerb, isAdmin, reader } from '../../kernel/index.ts'
import { findInstance } from '../instances/find.ts'
import { type MigrationRow, migrationRow } from './row.ts'
import { findOpenMigration } from './write.ts'

/**
 * The move of an instance that is not over: one that is under way, or a resize that waits to be judged. Null when there
 * is none. @throws NephosError not_found
 */
export const currentMigration = defineVerb({
  name: 'compute.migrations.current',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ instanceId: z.uuid() }),
  run: async ({ ctx, input: { instanceId } }): Promise<MigrationRow | null> => {
    await findInstance(ctx, instanceId)
    const record = await findOpenMigration(reader(ctx), instanceId)
    return record && migrationRow(record, { admin: isAdmin(ctx.actor) })
  },
})
