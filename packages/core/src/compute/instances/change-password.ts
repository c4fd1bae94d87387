import { z } from 'zod'
import { type Ctx, conflict, defineVerb, isAdmin, mutate } from '../../kernel/index.ts'
import { whyNot } from '../states.ts'
import { instanceChanged } from './changed.ts'
import { findInstance } from './find.ts'
import { requireGuestAgent } from './guest-agent.ts'
import { type InstanceRow, instanceRow } from './row.ts'
import { writeInstanceState } from './write-state.ts'

const verb = 'compute.instances.changePassword'
const task = 'updating_password'

/**
 * Sets the password of a user inside the guest, through the guest's agent. The password goes to the host in one message
 * and is stored nowhere, so there is no operation that could be run again: the answer says whether it was set.
 * @throws NephosError not_found, conflict when the image has no agent or the state does not allow it, unavailable when
 * the agent does not answer, driver_failed with the agent's words when it refuses
 */
export const changeInstancePassword = defineVerb({
  name: verb,
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    userName: z
      .string()
      .regex(
        /^[a-z_][a-z0-9_.-]{0,31}$/i,
        'A user name has up to 32 letters, digits, dots, dashes or underscores.',
      )
      .default('root'),
    password: z
      .string()
      .min(1, 'A password has at least one character.')
      .max(128, 'A password has at most 128 characters.')
      .regex(/^[^\p{Cc}:]+$/u, 'A password has no colon and no control characters.'),
  }),
  run: async ({ ctx, input: { id, userName, password } }): Promise<{ instance: InstanceRow }> => {
    const host = await begin(ctx, id, userName)
    try {
      await ctx.ask(host, 'guest.set-password', { instanceId: id, userName, password })
    } finally {
      await end(ctx, id)
    }
    return { instance: instanceRow(await findInstance(ctx, id), { admin: isAdmin(ctx.actor) }) }
  },
})

/** @returns name of the instance's host */
const begin = (ctx: Ctx, id: string, userName: string): Promise<string> =>
  mutate(ctx, async (tx) => {
    const record = await findInstance(ctx, id, tx.db)
    const why = whyNot('changePassword', record, { ignoreLock: isAdmin(ctx.actor) })
    if (why) throw conflict(why, { detail: { vmState: record.vmState, taskState: record.taskState } })
    const { imageProperties } = await tx.db.instance.findUniqueOrThrow({
      where: { id },
      select: { imageProperties: true },
    })
    requireGuestAgent(imageProperties)
    if (!record.host) throw conflict('The instance is on no host.')
    const written = await writeInstanceState(tx.db, record, { taskState: task })
    if (!written) throw conflict('The instance was changed at this moment.', { remedy: 'Try again.' })
    tx.audit({
      verb,
      resourceType: 'instance',
      resourceId: id,
      resourceName: record.name,
      projectId: record.projectId,
      detail: { userName },
    })
    instanceChanged(tx, 'updated', written)
    return record.host.name
  })

/** The task is over, whatever came of it; unless newer work has the instance. */
const end = (ctx: Ctx, id: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const record = await findInstance(ctx, id, tx.db)
    if (record.taskState !== task) return
    const written = await writeInstanceState(tx.db, record, { taskState: null })
    if (written) instanceChanged(tx, 'updated', written)
  })
