import { newId } from '@nephos/db'
import { cancelSubject } from '@nephos/jobs'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { findLiveMigration } from './find.ts'
import { type MigrationRow, migrationRow } from './row.ts'
import { setMigrationStatus } from './write.ts'

/** As long as it is here, the guest is where it was, and stays there. */
const abortable = ['accepted', 'pre-migrating', 'running']

/**
 * Ends a live migration: the guest goes on where it was, as if nothing had been asked for. Asked again, it answers
 * the same.
 * @throws NephosError not_found; conflict when the guest is being handed over already, or the migration is over
 */
export const abortMigration = defineVerb({
  name: 'compute.migrations.abort',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<MigrationRow> => {
    const record = await mutate(ctx, async (tx) => {
      const found = await findLiveMigration(ctx, tx, id, 'abortMigration')
      if (found.status === 'cancelling') return found
      const written = await setMigrationStatus(tx, id, abortable, 'cancelling')
      if (!written)
        throw conflict(
          'The guest is being handed over at this moment; the migration cannot be ended any more.',
          {
            detail: { status: found.status },
            remedy: 'Wait until it is over, and migrate the instance back.',
          },
        )
      await tx.db.operation.updateMany({
        where: { id: found.operationId, status: { in: ['queued', 'running'] } },
        data: { cancelRequested: true },
      })
      tx.audit({
        verb: 'compute.migrations.abort',
        resourceType: 'instance',
        resourceId: found.instanceId,
        resourceName: found.instance.name,
        projectId: found.projectId,
        detail: { migrationId: id },
      })
      return written
    })
    // The rows say it for good; this only makes the holder hear of it at once.
    const subject = cancelSubject(record.operationId)
    ctx.relay.kick([{ id: newId(), channel: 'live', subject, payload: {}, headers: {} }])
    return migrationRow(record, { admin: true })
  },
})
