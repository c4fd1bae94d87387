import { z } from 'zod'
import { type Ctx, conflict, defineVerb, type MutationTx, NephosError } from '../../kernel/index.ts'
import { hostRow, hostSelect } from '../hosts/row.ts'
import { findInstance } from '../instances/find.ts'
import type { InstanceRecord } from '../instances/row.ts'
import { holdSourceAgain } from '../placement/release.ts'
import { beginMove, chosenHost, type MoveAccepted } from './begin.ts'
import { endOtherWork } from './end-other-work.ts'
import { returnMoveQuota } from './quota.ts'
import { findOpenMigration, setMigrationStatus } from './write.ts'

/**
 * Builds an instance anew on another host, because the one that it is on is lost: from its image, with its addresses
 * and its size. What was on its disks is lost, too, unless they are on storage that the new host has. When the lost host comes back it removes what it has of the
 * instance before it does anything else.
 * @throws NephosError not_found; invalid_input while the host is up; conflict
 */
export const evacuateInstance = defineVerb({
  name: 'compute.instances.evacuate',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.uuid(),
    /** Name or id of the new host; left out, the scheduler chooses. */
    host: z.string().max(255).optional(),
  }),
  run: async ({ ctx, input: { id, host } }): Promise<MoveAccepted> => {
    const record = await findInstance(ctx, id)
    return beginMove(ctx, {
      id,
      action: 'evacuate',
      verb: 'compute.instances.evacuate',
      saga: 'instance-evacuate',
      kind: 'evacuation',
      host: await chosenHost(ctx, host, record.host?.name ?? null),
      newFlavor: null,
      check: async (tx, now, operationId) => {
        await requireDown(ctx, tx, now)
        await closeOpenMove(ctx, tx, now)
        await endOtherWork(tx, now.id, operationId, `Its host ${now.host?.name} was lost.`)
      },
    })
  },
})

/** Nova: a host whose compute service is up is left by migrating. */
async function requireDown(ctx: Ctx, { db }: MutationTx, { hostId }: InstanceRecord): Promise<void> {
  const host = await db.host.findUnique({ where: { id: hostId ?? '' }, select: hostSelect })
  if (!host || !hostRow(host, ctx.config.serviceDownTime).up) return
  throw new NephosError('invalid_input', `The host ${host.name} is up: only a lost host is evacuated.`, {
    detail: { host: host.name },
    remedy: 'Migrate the instance instead, or stop the compute worker of the host first.',
  })
}

/** A move that can neither go on nor have brought the instance anywhere is over with its host. */
async function closeOpenMove(ctx: Ctx, tx: MutationTx, { id }: InstanceRecord): Promise<void> {
  const open = await findOpenMigration(tx.db, id)
  if (!open) return
  const from = ['accepted', 'pre-migrating', 'migrating', 'running', 'cancelling']
  // Only of a live one is it known that its guest does not run on the destination.
  if (open.kind === 'live-migration') from.push('post-migrating')
  const closed = await setMigrationStatus(tx, open.id, from, 'error', {
    errorMessage: `The host ${open.sourceHost} was lost.`,
  })
  if (!closed)
    throw conflict(`The instance may run on ${open.destHost} already (${open.kind}, ${open.status}).`, {
      detail: { migrationId: open.id, status: open.status },
      remedy: 'Wait until that move is over, then look where it is.',
    })
  await holdSourceAgain(tx, open, ctx.config.serviceDownTime)
  if (open.kind === 'resize') await returnMoveQuota(tx.db, open, 'old')
}
