import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { lockNetwork } from './access.ts'
import { idField } from './input.ts'
import { announceNetwork, type NetworkRow, networkRow } from './row.ts'

/** Renames a network, or switches it on or off: off, its ports pass nothing. @throws NephosError not_found, forbidden */
export const updateNetwork = defineVerb({
  name: 'network.networks.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    name: displayName.optional(),
    description: description.optional(),
    adminStateUp: z.boolean().optional(),
  }),
  run: ({ ctx, input }): Promise<NetworkRow> =>
    mutate(ctx, async (tx) => {
      const { id, ...changes } = input
      const before = await lockNetwork(ctx, tx.db, id)
      await tx.db.network.updateMany({ where: { id, generation: before.generation }, data: changes })
      tx.audit({
        verb: 'network.networks.update',
        resourceType: 'network',
        resourceId: id,
        resourceName: changes.name ?? before.name,
        projectId: before.projectId,
        detail: JSON.parse(JSON.stringify(changes)),
      })
      return networkRow(await announceNetwork(tx, id, 'updated'), ctx)
    }),
})
