import { newId } from '@nephos/db'
import { z } from 'zod'
import { description } from '../../compute/names.ts'
import {
  defineVerb,
  invalid,
  isAdmin,
  mutate,
  NephosError,
  requireProject,
  takeQuota,
} from '../../kernel/index.ts'
import { findNetwork, requireNotDeleting } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { announceNetwork } from '../networks/row.ts'
import { planFixedIps } from '../ports/fixed-ips.ts'
import { insertPort } from '../ports/insert-port.ts'
import { floatingIpOwner } from '../ports/owners.ts'
import { announcePort, portParts, portRow } from '../ports/row.ts'
import { takeWishes } from '../ports/wishes.ts'
import { announceInstancesOf, refuseLed, refuseTwin } from './lead.ts'
import { announceFloatingIp, type FloatingIpRow } from './row.ts'
import { lockLeadingRouter, lockTarget } from './target.ts'

const fields = { portId: 'portId', ipAddress: 'fixedIpAddress' }

/**
 * Takes an address of an external network for the project, and leads it to a port when one is given.
 * @throws NephosError not_found (network, port, no router on the way), invalid_input for a network that is not external
 * or an address that is not clear, forbidden for a chosen address, conflict (taken, exhausted, led to already),
 * quota_exceeded
 */
export const createFloatingIp = defineVerb({
  name: 'network.floatingIps.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    /** The external network. */
    networkId: idField,
    /** Take the address from this subnet of it. */
    subnetId: idField.optional(),
    /** This address; administrators only. */
    address: z.string().trim().min(1).max(64).optional(),
    portId: idField.optional(),
    /** Address of the port to lead to; may be left out when it has only one. */
    fixedIpAddress: z.string().trim().min(1).max(64).optional(),
    description: description.default(''),
  }),
  run: async ({ ctx, input }): Promise<FloatingIpRow> => {
    const project = requireProject(ctx)
    const { networkId, subnetId, address, portId, fixedIpAddress } = input
    if (address && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can choose the address of a floating IP.', {
        field: 'address',
        remedy: 'Leave it out; a free one is taken.',
      })
    if (fixedIpAddress && !portId)
      throw invalid('fixedIpAddress', 'An address of a port needs the port.', 'Name the port, too.')
    return mutate(ctx, async (tx) => {
      const network = await findNetwork(ctx, tx.db, networkId)
      requireNotDeleting(network)
      if (!network.external)
        throw invalid(
          'networkId',
          `The network ${network.name} is not an external network.`,
          'Floating IPs come from external networks; an administrator makes them.',
        )
      const origin = { id: newId(), projectId: project.id, networkId }
      const target = portId
        ? await lockTarget(ctx, tx.db, origin, { portId, ipAddress: fixedIpAddress }, fields)
        : null
      // Floating IPs are of IPv4: guests reach the outside with IPv6 addresses of their own.
      const subnets = await tx.db.subnet.findMany({
        where: { networkId, ipVersion: 4 },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })
      if (subnets.length === 0)
        throw invalid(
          'networkId',
          `The external network ${network.name} has no subnet of IPv4, so it has no floating IPs.`,
          'Ask an administrator to add a subnet to it.',
        )
      if (subnetId && !subnets.some(({ id }) => id === subnetId))
        throw invalid('subnetId', `The network ${network.name} has no subnet ${subnetId}.`)
      const asked = subnetId || address ? [{ subnetId, ipAddress: address }] : undefined
      const floatingPortId = newId()
      const macAddress = await insertPort(tx.db, {
        id: floatingPortId,
        networkId,
        projectId: project.id,
        deviceOwner: floatingIpOwner,
        deviceId: origin.id,
        portSecurity: false,
        status: 'N/A',
      })
      await takeWishes(
        tx.db,
        { id: floatingPortId, networkId, macAddress },
        asked ? renamed(() => planFixedIps(asked, subnets)) : null,
        subnets,
      )
      const port = await tx.db.port.findUniqueOrThrow({ where: { id: floatingPortId }, include: portParts })
      if (target) await refuseLed(tx.db, origin, target)
      const routerId = target && (await lockLeadingRouter(tx.db, origin, target, 'portId'))
      await tx.db.floatingIp.create({
        data: {
          ...origin,
          address: port.allocations[0]!.ipAddress,
          description: input.description,
          floatingPortId,
          ...(target && { portId: target.portId, fixedIpAddress: target.ipAddress, routerId }),
        },
      })
      tx.audit({
        verb: 'network.floatingIps.create',
        resourceType: 'floating-ip',
        resourceId: origin.id,
        resourceName: port.allocations[0]!.ipAddress,
        projectId: project.id,
        detail: { networkId, portId: target?.portId ?? null, fixedIpAddress: target?.ipAddress ?? null },
      })
      announcePort(tx, 'created', port, portRow(port))
      await announceNetwork(tx, networkId, 'updated')
      const row = await announceFloatingIp(tx, origin.id, 'created')
      await announceInstancesOf(tx, [row.portId])
      await takeQuota(tx.db, project.id, { floating_ips: 1 })
      return row
    }).catch(refuseTwin)
  },
})

/** Says of the address what was said of the port that is to hold it. */
function renamed<T>(plan: () => T): T {
  try {
    return plan()
  } catch (error) {
    if (error instanceof NephosError && error.field?.startsWith('fixedIps.0.ipAddress'))
      throw invalid('address', error.message, error.remedy)
    throw error
  }
}
