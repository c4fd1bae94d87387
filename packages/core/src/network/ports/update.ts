import type { Network, Port, Prisma, Tx } from '@nephos/db'
import { z } from 'zod'
import { announceInstances } from '../../compute/instances/changed.ts'
import { description, displayName } from '../../compute/names.ts'
import {
  type Ctx,
  conflict,
  defineVerb,
  invalid,
  isAdmin,
  jsonColumn,
  mutate,
  NephosError,
  noJson,
  notFound,
  requireProject,
} from '../../kernel/index.ts'
import { dhcpOptionsField, planDhcpOptions } from '../dhcp-options/plan.ts'
import { dnsNameField } from '../dns/names.ts'
import { idField } from '../networks/input.ts'
import { announceNetwork } from '../networks/row.ts'
import { chooseQosPolicy, refuseOtherLimits } from '../qos/choices.ts'
import { chooseGroups, securityGroupIdsField } from '../security-groups/choose-groups.ts'
import { changePortGroups } from '../security-groups/port-groups.ts'
import { addressPairsField, planAddressPairs } from './address-pairs.ts'
import { changeAddresses } from './change-addresses.ts'
import { serviceOwners } from './owners.ts'
import { announcePort, type PortRow, portParts, portRow, visiblePorts } from './row.ts'
import { refuseChoices } from './wishes.ts'

/**
 * Changes a port; what is left out stays. Its host applies it at once; the guest learns of new addresses when it asks
 * DHCP again.
 * @throws NephosError not_found, invalid_input naming the field, forbidden for choices of the network's owner, conflict
 * when an address is taken or led to by a floating IP
 */
export const updatePort = defineVerb({
  name: 'network.ports.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    name: z.union([z.literal(''), displayName]).optional(),
    description: description.optional(),
    /** False: nothing passes. */
    adminStateUp: z.boolean().optional(),
    /** All addresses that it is to have; those that it has already are kept. */
    fixedIps: z
      .array(z.object({ subnetId: idField.optional(), ipAddress: z.string().trim().max(64).optional() }))
      .max(5, 'A port has at most 5 addresses.')
      .optional(),
    allowedAddressPairs: addressPairsField.optional(),
    portSecurity: z.boolean().optional(),
    /** All that DHCP tells it besides; the guest learns of it when it asks again. */
    extraDhcpOptions: dhcpOptionsField.optional(),
    /** What it is called on its network; empty: as its instance. */
    dnsName: dnsNameField.optional(),
    /** Limits of its own; null: those of its network. They hold at once. */
    qosPolicyId: idField.nullish(),
    /** All groups that it is to be in; an empty list goes with switching port security off. */
    securityGroupIds: securityGroupIdsField.optional(),
    /** What uses the port, for programs that keep account of it; not for ports of instances. */
    deviceOwner: z.string().trim().max(255).optional(),
    deviceId: z.string().trim().max(255).optional(),
  }),
  run: ({
    ctx,
    input: { id, fixedIps, allowedAddressPairs, securityGroupIds, extraDhcpOptions, ...columns },
  }): Promise<PortRow> =>
    mutate(ctx, async (tx) => {
      const where = { AND: [{ id }, visiblePorts(ctx)] }
      await tx.db.port.updateMany({ where, data: { generation: { increment: 1 } } })
      const port = await tx.db.port.findFirst({ where, include: { network: true } })
      if (!port) throw notFound('port', id)
      if (serviceOwners.includes(port.deviceOwner))
        refuseService({ fixedIps, allowedAddressPairs, securityGroupIds, extraDhcpOptions, ...columns })
      refuseDevice(ctx, port, columns)
      const options = extraDhcpOptions && planDhcpOptions(extraDhcpOptions)
      if (columns.qosPolicyId) {
        refuseOtherLimits(ctx, port.network, port.projectId)
        await chooseQosPolicy(tx.db, port.projectId, columns.qosPolicyId)
      }
      const pairs = allowedAddressPairs && planAddressPairs(allowedAddressPairs, port.macAddress)
      if (fixedIps || pairs || columns.portSecurity !== undefined)
        refuseForeign(ctx, port.network, { fixedIps, pairs })
      await refuseUnsecured(tx.db, port, { pairs, securityGroupIds, portSecurity: columns.portSecurity })
      const moved = fixedIps ? await changeAddresses(tx.db, port, fixedIps) : false
      await tx.db.port.update({
        where: { id },
        data: {
          ...columns,
          ...(options && { extraDhcpOptions: options.length > 0 ? pairColumn(options) : noJson }),
          ...(pairs && { allowedAddressPairs: pairs.length > 0 ? pairColumn(pairs) : noJson }),
        },
      })
      if (securityGroupIds) {
        const groups = await chooseGroups(tx.db, port.projectId, securityGroupIds)
        await changePortGroups(tx, { id }, { set: groups.map((group) => group.id) })
      }
      const changed = await tx.db.port.findUniqueOrThrow({ where: { id }, include: portParts })
      tx.audit({
        verb: 'network.ports.update',
        resourceType: 'port',
        resourceId: id,
        resourceName: changed.name || changed.macAddress,
        projectId: port.projectId,
        detail: JSON.parse(
          JSON.stringify({
            ...columns,
            fixedIps,
            allowedAddressPairs: pairs,
            securityGroupIds,
            extraDhcpOptions: options,
          }),
        ),
      })
      announcePort(tx, 'updated', changed, portRow(changed))
      // The host reads leases and ports of the network anew.
      const { adminStateUp, portSecurity, dnsName } = columns
      if (
        moved ||
        adminStateUp !== undefined ||
        portSecurity !== undefined ||
        dnsName !== undefined ||
        options
      )
        await announceNetwork(tx, port.networkId, 'updated')
      if (moved && port.instanceId) await announceInstances(tx, { id: port.instanceId })
      return portRow(changed, ctx)
    }),
})

const pairColumn = (pairs: object[]): Prisma.InputJsonValue => pairs.map(jsonColumn)

/** A router or the cloud itself decides about its ports; only their names are a person's. */
function refuseService({ name: _, description: __, ...others }: Record<string, unknown>): void {
  const field = Object.entries(others).find(([, value]) => value !== undefined)?.[0]
  if (field)
    throw conflict('This port belongs to a router or to a service of the network.', {
      field,
      remedy: 'Change the router, or the network.',
      detail: { reason: 'service_port_in_use' },
    })
}

function refuseDevice(
  ctx: Ctx,
  port: Port,
  { deviceOwner, deviceId }: { deviceOwner?: string; deviceId?: string },
): void {
  if (deviceOwner === undefined && deviceId === undefined) return
  const same =
    (deviceOwner ?? port.deviceOwner) === port.deviceOwner && (deviceId ?? port.deviceId) === port.deviceId
  if (same) return
  const field = deviceOwner === undefined ? 'deviceId' : 'deviceOwner'
  if (port.instanceId)
    throw conflict('The port is an interface of an instance.', { field, remedy: 'Detach it first.' })
  if (deviceOwner && serviceOwners.includes(deviceOwner))
    throw invalid('deviceOwner', `${deviceOwner} is what the cloud calls its own ports.`, 'Use another name.')
  if (deviceOwner?.startsWith('network:') && !isAdmin(ctx.actor))
    throw new NephosError('forbidden', 'Only an administrator can give a port to a service of the network.', {
      field: 'deviceOwner',
    })
}

/** Addresses, pairs and the check of what is sent are the network owner's choices. */
function refuseForeign(
  ctx: Ctx,
  network: Network,
  { fixedIps, pairs }: { fixedIps?: { ipAddress?: string }[]; pairs?: unknown },
): void {
  if (isAdmin(ctx.actor) || network.projectId === requireProject(ctx).id) return
  refuseChoices({ fixedIps })
  if (fixedIps && !pairs) return
  throw new NephosError('forbidden', `The network ${network.name} belongs to another project.`, {
    field: pairs ? 'allowedAddressPairs' : 'portSecurity',
    remedy: 'Only its owner decides what may be sent on it.',
  })
}

/** Without the check of what is sent there is nothing that pairs would allow, and no security group. */
async function refuseUnsecured(
  db: Tx,
  port: Port,
  {
    pairs,
    securityGroupIds,
    portSecurity = port.portSecurity,
  }: { pairs?: unknown[]; securityGroupIds?: string[]; portSecurity?: boolean },
): Promise<void> {
  if (portSecurity) return
  const kept = pairs ?? (port.allowedAddressPairs as unknown[] | null) ?? []
  if (kept.length > 0)
    throw conflict('Allowed address pairs need port security.', {
      field: pairs ? 'allowedAddressPairs' : 'portSecurity',
      remedy: 'Remove the pairs, or leave port security on.',
      detail: { reason: 'address_pairs_need_port_security' },
    })
  if (securityGroupIds) return
  if (port.portSecurity && (await db.portSecurityGroup.count({ where: { portId: port.id } })) > 0)
    throw conflict('The port has security groups.', {
      field: 'portSecurity',
      remedy: 'Remove its security groups in the same step: "securityGroupIds": [].',
      detail: { reason: 'port_has_security_groups' },
    })
}
