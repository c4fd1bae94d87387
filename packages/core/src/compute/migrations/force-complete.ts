import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { findLiveMigration } from './find.ts'
import { type MigrationRow, migrationRow } from './row.ts'
import { setMigrationStatus } from './write.ts'

/**
 * Has a live migration come to its end: from when its memory is copied on, the guest stands still until it has arrived.
 * Asked again, it answers the same.
 * @throws NephosError not_found; conflict when the migration is not at a point where that helps
 */
export const forceCompleteMigration = defineVerb({
  name: 'compute.migrations.forceComplete',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<MigrationRow> =>
    mutate(ctx, async (tx) => {
      const found = await findLiveMigration(ctx, tx, id, 'forceMigration')
      if (found.pauseRequested) return migrationRow(found, { admin: true })
      const helps = ['accepted', 'pre-migrating', 'running'].includes(found.status)
      const written =
        helps && (await setMigrationStatus(tx, id, [found.status], found.status, { pauseRequested: true }))
      if (!written)
        throw conflict(`The migration is ${found.status}: it needs no help any more.`, {
          detail: { status: found.status },
        })
      tx.audit({
        verb: 'compute.migrations.forceComplete',
        resourceType: 'instance',
        resourceId: found.instanceId,
        resourceName: found.instance.name,
        projectId: found.projectId,
        detail: { migrationId: id },
      })
      return migrationRow(written, { admin: true })
    }),
})
