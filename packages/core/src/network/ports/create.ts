import { newId } from '@nephos/db'
import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import {
  conflict,
  defineVerb,
  invalid,
  isAdmin,
  jsonColumn,
  mutate,
  NephosError,
  requireProject,
  takeQuota,
} from '../../kernel/index.ts'
import { dhcpOptionsField, planDhcpOptions } from '../dhcp-options/plan.ts'
import { dnsNameField } from '../dns/names.ts'
import { findNetwork, requireNotDeleting, requirePortsAllowed } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { chooseQosPolicy, refuseOtherLimits } from '../qos/choices.ts'
import { securityGroupIdsField } from '../security-groups/choose-groups.ts'
import { joinGroups } from '../security-groups/join.ts'
import { addressPairsField, planAddressPairs } from './address-pairs.ts'
import { planFixedIps } from './fixed-ips.ts'
import { insertPort } from './insert-port.ts'
import { serviceOwners } from './owners.ts'
import { announcePort, type PortRow, portParts, portRow } from './row.ts'
import { refuseChoices, takeWishes } from './wishes.ts'

/**
 * Makes a port that is not (yet) an instance's. Without `fixedIps` it gets one IPv4 address and
 * one of each IPv6 subnet that gives them by itself; with an empty list none. On another project's shared network address and MAC cannot be chosen.
 * @throws NephosError invalid_input, not_found for the network, conflict for a taken address or MAC, quota_exceeded
 */
export const createPort = defineVerb({
  name: 'network.ports.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    networkId: idField,
    name: z.union([z.literal(''), displayName]).default(''),
    description: description.default(''),
    adminStateUp: z.boolean().default(true),
    fixedIps: z
      .array(z.object({ subnetId: idField.optional(), ipAddress: z.string().trim().max(64).optional() }))
      .max(5, 'A port has at most 5 addresses.')
      .optional(),
    macAddress: z.string().trim().max(64).optional(),
    /** What it may send from besides its own addresses; the network owner's choice. */
    allowedAddressPairs: addressPairsField.default([]),
    /** Absent: as the network has it. The network owner's choice. */
    portSecurity: z.boolean().optional(),
    /** What is to use the port, for programs that keep account of it. */
    deviceOwner: z.string().trim().max(255).default(''),
    deviceId: z.string().trim().max(255).default(''),
    /** The project's default group when left out. */
    securityGroupIds: securityGroupIdsField.optional(),
    /** What DHCP tells it besides. */
    extraDhcpOptions: dhcpOptionsField.default([]),
    /** What it is called on its network; empty: as its instance. */
    dnsName: dnsNameField.default(''),
    /** Limits of its own, in place of its network's. */
    qosPolicyId: idField.nullish(),
  }),
  run: ({ ctx, input }): Promise<PortRow> => {
    const project = requireProject(ctx)
    return mutate(ctx, async (tx) => {
      const network = await findNetwork(ctx, tx.db, input.networkId)
      requireNotDeleting(network)
      requirePortsAllowed(ctx, network)
      const owner = isAdmin(ctx.actor) || network.projectId === project.id
      if (!owner) {
        refuseChoices(input)
        refuseForeign(input)
      }
      refuseOwner(input.deviceOwner)
      const options = planDhcpOptions(input.extraDhcpOptions)
      if (input.qosPolicyId) {
        refuseOtherLimits(ctx, network, project.id)
        await chooseQosPolicy(tx.db, project.id, input.qosPolicyId)
      }
      const portSecurity = input.portSecurity ?? network.portSecurity
      if (!portSecurity && input.allowedAddressPairs.length > 0)
        throw conflict('Allowed address pairs need port security.', {
          field: 'allowedAddressPairs',
          remedy: 'Remove the pairs, or leave port security on.',
          detail: { reason: 'address_pairs_need_port_security' },
        })
      const subnets = await tx.db.subnet.findMany({
        where: { networkId: network.id },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })
      const wishes = planFixedIps(input.fixedIps, subnets)
      const id = newId()
      const macAddress = await insertPort(
        tx.db,
        {
          id,
          networkId: network.id,
          projectId: project.id,
          name: input.name,
          description: input.description,
          adminStateUp: input.adminStateUp,
          deviceOwner: input.deviceOwner,
          deviceId: input.deviceId,
          portSecurity,
          dnsName: input.dnsName,
          extraDhcpOptions: options.length > 0 ? options.map(jsonColumn) : undefined,
          qosPolicyId: input.qosPolicyId,
        },
        input.macAddress,
      )
      await takeWishes(tx.db, { id, networkId: network.id, macAddress }, wishes, subnets)
      if (input.allowedAddressPairs.length > 0) {
        const pairs = planAddressPairs(input.allowedAddressPairs, macAddress)
        await tx.db.port.update({ where: { id }, data: { allowedAddressPairs: pairs.map(jsonColumn) } })
      }
      await joinGroups(tx, { id, projectId: project.id, portSecurity }, input.securityGroupIds)
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

function refuseForeign(input: { allowedAddressPairs: unknown[]; portSecurity?: boolean }): void {
  const field =
    input.allowedAddressPairs.length > 0
      ? 'allowedAddressPairs'
      : input.portSecurity !== undefined
        ? 'portSecurity'
        : undefined
  if (field)
    throw new NephosError('forbidden', 'Only the owner of the network decides what may be sent on it.', {
      field,
      remedy: 'Leave it out.',
    })
}

function refuseOwner(deviceOwner: string): void {
  if (serviceOwners.includes(deviceOwner))
    throw invalid('deviceOwner', `${deviceOwner} is what the cloud calls its own ports.`, 'Use another name.')
}
