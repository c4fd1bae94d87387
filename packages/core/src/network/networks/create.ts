import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, isAdmin, mutate, NephosError, requireProject, takeQuota } from '../../kernel/index.ts'
import { subnetInput } from '../subnets/input.ts'
import { insertSubnet } from '../subnets/insert.ts'
import { mtuField } from './input.ts'
import { insertNetwork } from './insert.ts'
import { announceNetwork, type NetworkRow, networkRow } from './row.ts'

/**
 * Makes a network, with its first subnet when one is given. Nothing happens on a host before the first port is wired.
 * @throws NephosError invalid_input naming the field, forbidden when sharing without the right, quota_exceeded
 */
export const createNetwork = defineVerb({
  name: 'network.networks.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    name: displayName,
    description: description.default(''),
    mtu: mtuField.default(1450),
    /** Other projects may attach instances; administrators only. */
    shared: z.boolean().default(false),
    subnet: subnetInput.optional(),
  }),
  run: ({ ctx, input }): Promise<NetworkRow> => {
    const { subnet, ...fields } = input
    const project = requireProject(ctx)
    if (fields.shared && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can share a network with every project.', {
        field: 'shared',
        remedy: 'Leave "shared" off.',
      })
    return mutate(ctx, async (tx) => {
      const { id } = await insertNetwork(tx.db, { ...fields, projectId: project.id })
      if (subnet) await insertSubnet(tx.db, { id, projectId: project.id }, subnet, 'subnet.')
      tx.audit({
        verb: 'network.networks.create',
        resourceType: 'network',
        resourceId: id,
        resourceName: fields.name,
        projectId: project.id,
        detail: subnet ? { cidr: subnet.cidr } : {},
      })
      const network = await announceNetwork(tx, id, 'created')
      await takeQuota(tx.db, project.id, { networks: 1, subnets: subnet ? 1 : 0 })
      return networkRow(network, ctx)
    })
  },
})
