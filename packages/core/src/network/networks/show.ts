import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { visibleNetworks } from './access.ts'
import { idField } from './input.ts'
import { type NetworkRow, networkParts, networkRow } from './row.ts'

/** One network with its subnets. @throws NephosError not_found */
export const showNetwork = defineVerb({
  name: 'network.networks.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input }): Promise<NetworkRow> => {
    const network = await reader(ctx).network.findFirst({
      where: { AND: [{ id: input.id }, visibleNetworks(ctx)] },
      include: networkParts,
    })
    if (!network) throw notFound('network', input.id)
    return networkRow(network, ctx)
  },
})
