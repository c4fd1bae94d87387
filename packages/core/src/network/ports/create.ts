import { newId } from '@nephos/db'
import { z } from 'zod'
import { displayName } from '../../compute/names.ts'
import { defineVerb, isAdmin, mutate, requireProject, takeQuota } from '../../kernel/index.ts'
import { findNetwork, requireNotDeleting } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { planFixedIps } from './fixed-ips.ts'
import { insertPort } from './insert-port.ts'
import { announcePort, type PortRow, portParts, portRow } from './row.ts'
import { refuseChoices, takeWishes } from './wishes.ts'

/**
 * Makes a port that is not (yet) an instance's. Without `fixedIps` it gets one address of the network's first subnet
 * that has one; with an empty list none. On another project's shared network address and MAC cannot be chosen.
 * @throws NephosError invalid_input, not_found for the network, conflict for a taken address or MAC, quota_exceeded
 */
export const createPort = defineVerb({
  name: 'network.ports.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    networkId: idField,
    name: z.union([z.literal(''), displayName]).default(''),
    fixedIps: z
      .array(z.object({ subnetId: idField.optional(), ipAddress: z.string().trim().max(64).optional() }))
      .max(5, 'A port has at most 5 addresses.')
      .optional(),
    macAddress: z.string().trim().max(64).optional(),
  }),
  run: ({ ctx, input }): Promise<PortRow> => {
    const project = requireProject(ctx)
    return mutate(ctx, async (tx) => {
      const network = await findNetwork(ctx, tx.db, input.networkId)
      requireNotDeleting(network)
      const owner = isAdmin(ctx.actor) || network.projectId === project.id
      if (!owner) refuseChoices(input)
      const subnets = await tx.db.subnet.findMany({
        where: { networkId: network.id },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })
      const wishes = planFixedIps(input.fixedIps, subnets)
      const id = newId()
      await insertPort(
        tx.db,
        {
          id,
          networkId: network.id,
          projectId: project.id,
          name: input.name,
          portSecurity: network.portSecurity,
        },
        input.macAddress,
      )
      await takeWishes(tx.db, { id, networkId: network.id }, wishes, subnets)
      const port = await tx.db.port.findUniqueOrThrow({ where: { id }, include: portParts })
      tx.audit({
        verb: 'network.ports.create',
        resourceType: 'port',
        resourceId: id,
        resourceName: input.name || port.macAddress,
        detail: { networkId: network.id },
      })
      announcePort(tx, 'created', port, portRow(port))
      await takeQuota(tx.db, project.id, { ports: 1 })
      return portRow(port, ctx)
    })
  },
})
