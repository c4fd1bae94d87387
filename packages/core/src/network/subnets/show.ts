import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { visibleNetworks } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { type SubnetRow, subnetRow, withUse } from './row.ts'

/** One subnet, with how full it is. @throws NephosError not_found */
export const showSubnet = defineVerb({
  name: 'network.subnets.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input }): Promise<SubnetRow> => {
    const subnet = await reader(ctx).subnet.findFirst({
      where: { id: input.id, network: visibleNetworks(ctx) },
      include: withUse,
    })
    if (!subnet) throw notFound('subnet', input.id)
    return subnetRow(subnet)
  },
})
