import { z } from 'zod'
import { defineVerb, invalid } from '../../kernel/index.ts'
import { attachPort } from '../../network/ports/attach-port.ts'
import { type ActionAccepted, beginAction } from './act.ts'
import { instanceSelect } from './row.ts'

/** An interface that is being attached. */
export type InterfaceAccepted = ActionAccepted & { portId: string }

/**
 * Gives an instance one more network interface, also while it runs: on a network (with an address of one's choice, if
 * it is one's own), or an existing port.
 * @throws NephosError not_found, invalid_input, forbidden, conflict, quota_exceeded
 */
export const attachInterface = defineVerb({
  name: 'compute.instances.attachInterface',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    networkId: z.uuid('Choose a network.').optional(),
    portId: z.uuid('Choose a port.').optional(),
    /** Address on the network; a free one where it is missing. */
    ip: z.string().trim().min(1).max(64).optional(),
  }),
  run: async ({ ctx, input: { id, networkId, portId, ip } }): Promise<InterfaceAccepted> => {
    if (networkId && portId)
      throw invalid('portId', 'A port belongs to its network already.', 'Name a network or a port, not both.')
    if (portId && ip)
      throw invalid('ip', 'A port has its addresses already.', 'Leave the address out, or name a network.')
    const wish = portId ? { portId } : networkId ? { networkId, ip } : null
    if (!wish) throw invalid('networkId', 'Choose a network or a port.')
    let attached = ''
    const accepted = await beginAction(ctx, {
      id,
      action: 'attachInterface',
      verb: 'compute.instances.attachInterface',
      saga: 'instance-attach-interface',
      alongside: async (tx, record) => {
        attached = await attachPort(ctx, tx, record, wish)
        const { ports } = await tx.db.instance.findUniqueOrThrow({
          where: { id },
          select: { ports: instanceSelect.ports },
        })
        return { input: { portId: attached }, record: { ...record, ports } }
      },
    })
    return { ...accepted, portId: attached }
  },
})
