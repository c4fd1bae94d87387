import { Prisma } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { instanceChanged } from './changed.ts'
import { findInstance } from './find.ts'
import { type InstanceRow, instanceRow } from './row.ts'
import { writeInstanceState } from './write-state.ts'

/**
 * Writes the state of an instance by hand and ends its task, for one that hangs: nothing is done to the machine. What
 * still runs for it loses its race and ends in an error; the power state is corrected by the reconciler of its host.
 * @throws NephosError not_found, conflict
 */
export const resetInstanceState = defineVerb({
  name: 'compute.instances.resetState',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), state: z.enum(['active', 'error']).default('error') }),
  run: ({ ctx, input: { id, state } }): Promise<{ instance: InstanceRow }> =>
    mutate(ctx, async (tx) => {
      const record = await findInstance(ctx, id, tx.db)
      if (state === 'active' && !record.hostId)
        throw conflict('The instance is on no host, so it cannot be active.', {
          field: 'state',
          remedy: 'Set it to error, or delete it.',
        })
      const written = await writeInstanceState(tx.db, record, {
        vmState: state,
        taskState: null,
        ...(state === 'active' && {
          faultCode: null,
          faultMessage: null,
          faultDetail: Prisma.DbNull,
          faultAt: null,
        }),
      })
      if (!written) throw conflict('The instance was changed at this moment.', { remedy: 'Try again.' })
      tx.audit({
        verb: 'compute.instances.resetState',
        resourceType: 'instance',
        resourceId: id,
        resourceName: record.name,
        projectId: record.projectId,
        detail: { vmState: record.vmState, taskState: record.taskState, state },
      })
      instanceChanged(tx, 'updated', written)
      return { instance: instanceRow(written, { admin: true }) }
    }),
})
