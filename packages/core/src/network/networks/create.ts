import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate, requireProject, takeQuota } from '../../kernel/index.ts'
import { dnsDomainField } from '../dns/names.ts'
import { policyOfNewNetwork } from '../qos/choices.ts'
import { subnetInput } from '../subnets/input.ts'
import { insertSubnet } from '../subnets/insert.ts'
import { requireAdminChoices, requirePlaceOutside } from './admin-choices.ts'
import { idField, mtuField, physicalNetworkField, vlanField } from './input.ts'
import { insertNetwork } from './insert.ts'
import { announceNetwork, type NetworkRow, networkRow } from './row.ts'

/**
 * Makes a network, with the subnets that are given. Nothing happens on a host before the first port is wired.
 * @throws NephosError invalid_input naming the field, forbidden when sharing without the right, quota_exceeded
 */
export const createNetwork = defineVerb({
  name: 'network.networks.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    name: displayName,
    description: description.default(''),
    /** Default: 1450, which the overlay between hosts carries, or 1500 on a physical network. */
    mtu: mtuField.optional(),
    /** Other projects may attach instances; administrators only. */
    shared: z.boolean().default(false),
    /** Routers and floating IPs reach the outside by it; administrators only. */
    external: z.boolean().default(false),
    /** Physical network that it reaches; administrators only. */
    physicalNetwork: physicalNetworkField.nullish(),
    /** VLAN on the physical network; untagged when left out. */
    vlanId: vlanField.nullish(),
    adminStateUp: z.boolean().default(true),
    /** What new ports on it begin with. */
    portSecurity: z.boolean().default(true),
    /** Names on it end in it; empty: the domain of the cloud. */
    dnsDomain: dnsDomainField.default(''),
    /** Limits of its ports; the default policy of the project when left out, null for none. */
    qosPolicyId: idField.nullish(),
    /** Its first subnet. */
    subnet: subnetInput.optional(),
    /** Others beside it: one of IPv6, say. */
    furtherSubnets: z.array(subnetInput).max(9, 'A new network has at most 10 subnets.').default([]),
  }),
  run: ({ ctx, input }): Promise<NetworkRow> => {
    const { subnet, furtherSubnets, mtu = input.physicalNetwork ? 1500 : 1450, ...fields } = input
    const subnets = [...(subnet ? [subnet] : []), ...furtherSubnets]
    const project = requireProject(ctx)
    requireAdminChoices(ctx, fields)
    return mutate(ctx, async (tx) => {
      await requirePlaceOutside(tx.db, fields)
      const qosPolicyId = await policyOfNewNetwork(tx.db, project.id, fields.qosPolicyId)
      const own = await insertNetwork(tx.db, { ...fields, mtu, qosPolicyId, projectId: project.id })
      const { id } = own
      if (subnet) await insertSubnet(tx.db, own, subnet, 'subnet.')
      for (const [index, one] of furtherSubnets.entries())
        await insertSubnet(tx.db, own, one, `furtherSubnets.${index}.`)
      tx.audit({
        verb: 'network.networks.create',
        resourceType: 'network',
        resourceId: id,
        resourceName: fields.name,
        projectId: project.id,
        detail: {
          ...(subnets[0] && { cidr: subnets.map(({ cidr }) => cidr).join(', ') }),
          ...(fields.external && { external: true }),
          ...(fields.shared && { shared: true }),
        },
      })
      const network = await announceNetwork(tx, id, 'created')
      await takeQuota(tx.db, project.id, { networks: 1, subnets: subnets.length })
      return networkRow(network, ctx)
    })
  },
})
