import { newId } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { hostChanged, hostRow, hostSelect } from '../hosts/row.ts'
import { description } from '../names.ts'
import { addMoves } from './add-moves.ts'
import { type DrainRow, drainChanged } from './row.ts'

/**
 * Empties a host: it is disabled, and its instances move to where the scheduler finds room, a few at a time; those that
 * run while they run. The host stays disabled afterwards.
 * @throws NephosError not_found; conflict when it is being drained already, or down
 */
export const beginDrain = defineVerb({
  name: 'compute.drains.begin',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    hostId: z.uuid(),
    /** Instances that move at the same time. */
    concurrency: z.int().min(1).max(20).default(2),
    /** Why the host is disabled. */
    reason: description.optional(),
  }),
  run: ({ ctx, input: { hostId, concurrency, reason } }): Promise<DrainRow> =>
    mutate(ctx, async (tx) => {
      const before = await tx.db.host.findUnique({ where: { id: hostId }, select: hostSelect })
      if (!before) throw notFound('host', hostId)
      if (!hostRow(before, ctx.config.serviceDownTime).up)
        throw conflict(`The host ${before.name} is down: nothing can leave it.`, {
          detail: { host: before.name },
          remedy: 'Evacuate its instances instead.',
        })
      const open = await tx.db.drain.findFirst({
        where: { hostId, status: { in: ['running', 'paused'] } },
        select: { id: true },
      })
      if (open)
        throw conflict(`The host ${before.name} is being drained already.`, {
          detail: { drainId: open.id },
          remedy: 'Resume or abort that drain.',
        })
      // The generation rises, so that a claim made with the old answer in mind is refused.
      const host = await tx.db.host.update({
        where: { id: hostId },
        data: {
          enabled: false,
          disabledReason: reason || before.disabledReason || 'It is being drained.',
          generation: { increment: 1 },
        },
        select: hostSelect,
      })
      hostChanged(tx, 'updated', host, ctx.config.serviceDownTime)
      const drain = await tx.db.drain.create({
        data: {
          id: newId(),
          hostId,
          hostName: host.name,
          userId: ctx.actor.kind === 'user' ? ctx.actor.userId : null,
          requestId: ctx.requestId,
          status: 'running',
          concurrency,
        },
      })
      await addMoves(tx, drain)
      tx.audit({
        verb: 'compute.drains.begin',
        resourceType: 'host',
        resourceId: hostId,
        resourceName: host.name,
        projectId: null,
        detail: { drainId: drain.id, concurrency, disabledReason: host.disabledReason },
      })
      return drainChanged(tx, 'created', drain)
    }),
})
