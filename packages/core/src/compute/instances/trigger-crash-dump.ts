import { z } from 'zod'
import { conflict, defineVerb, isAdmin, mutate } from '../../kernel/index.ts'
import { whyNot } from '../states.ts'
import { findInstance } from './find.ts'
import { type InstanceRow, instanceRow } from './row.ts'

/**
 * Sends the machine a non-maskable interrupt: a guest that is set up for it writes a crash dump and restarts; one that is
 * not may print a line, or nothing. @throws NephosError not_found, conflict, unavailable when the host does not answer
 */
export const triggerCrashDump = defineVerb({
  name: 'compute.instances.triggerCrashDump',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<{ instance: InstanceRow }> => {
    const admin = isAdmin(ctx.actor)
    const record = await findInstance(ctx, id)
    const why = whyNot('crashDump', record, { ignoreLock: admin })
    if (why) throw conflict(why, { detail: { vmState: record.vmState, taskState: record.taskState } })
    if (!record.host) throw conflict('The instance is on no host.')
    await ctx.ask(record.host.name, 'machine.interrupt', { instanceId: id })
    await mutate(ctx, async (tx) =>
      tx.audit({
        verb: 'compute.instances.triggerCrashDump',
        resourceType: 'instance',
        resourceId: id,
        resourceName: record.name,
        projectId: record.projectId,
      }),
    )
    return { instance: instanceRow(record, { admin }) }
  },
})
