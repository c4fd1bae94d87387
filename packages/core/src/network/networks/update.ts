import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { dnsDomainField } from '../dns/names.ts'
import { chooseQosPolicy } from '../qos/choices.ts'
import { requireMtuForSubnets } from '../subnets/ipv6-mtu.ts'
import { lockNetwork } from './access.ts'
import { requireAdminChoices, requirePlaceOutside } from './admin-choices.ts'
import { idField, mtuField, physicalNetworkField } from './input.ts'
import { announceNetwork, type NetworkRow, networkRow } from './row.ts'
import {
  everyProject,
  matchWildcards,
  networkAudience,
  refuseAllExternalUse,
  refuseForeignPorts,
  withShares,
} from './shares.ts'

/**
 * Changes a network: its name, whether its ports pass anything, the largest packet, what new ports begin with and, for
 * administrators, who may use it.
 * @throws NephosError not_found, forbidden, or conflict when others use what is to be taken away
 */
export const updateNetwork = defineVerb({
  name: 'network.networks.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    name: displayName.optional(),
    description: description.optional(),
    adminStateUp: z.boolean().optional(),
    /** Guests learn of it when they ask DHCP again. */
    mtu: mtuField.optional(),
    /** What new ports begin with; those that are there stay as they are. */
    portSecurity: z.boolean().optional(),
    shared: z.boolean().optional(),
    external: z.boolean().optional(),
    physicalNetwork: physicalNetworkField.nullish(),
    /** Names on it end in it; guests learn of it when they ask DHCP again. */
    dnsDomain: dnsDomainField.optional(),
    /** Limits of its ports; null: none. They hold for running instances at once. */
    qosPolicyId: idField.nullish(),
  }),
  run: ({ ctx, input }): Promise<NetworkRow> =>
    mutate(ctx, async (tx) => {
      const { id, ...changes } = input
      const before = await lockNetwork(ctx, tx.db, id)
      requireAdminChoices(ctx, changes, before)
      if (changes.physicalNetwork !== undefined)
        await requirePlaceOutside(
          tx.db,
          { physicalNetwork: changes.physicalNetwork, vlanId: before.vlanId },
          id,
        )
      if (changes.mtu) await requireMtuForSubnets(tx.db, id, changes.mtu)
      if (changes.shared === false && before.shared)
        await refuseForeignPorts(tx.db, before, everyProject, 'shared')
      if (changes.external === false && before.external) await refuseAllExternalUse(tx.db, before)
      if (changes.qosPolicyId) await chooseQosPolicy(tx.db, before.projectId, changes.qosPolicyId)
      await tx.db.network.updateMany({ where: { id, generation: before.generation }, data: changes })
      await matchWildcards(tx.db, before, wildcardChanges(before, changes))
      tx.audit({
        verb: 'network.networks.update',
        resourceType: 'network',
        resourceId: id,
        resourceName: changes.name ?? before.name,
        projectId: before.projectId,
        detail: JSON.parse(JSON.stringify(changes)),
      })
      const audience = networkAudience(before)
      const after = await tx.db.network.findUniqueOrThrow({ where: { id }, include: withShares })
      // For the other projects it is gone.
      if (audience.kind === 'everyone' && networkAudience(after).kind !== 'everyone')
        tx.event({ noun: 'network', change: 'deleted', id, audience, data: null })
      return networkRow(await announceNetwork(tx, id, 'updated'), ctx)
    }),
})

/** What differs of whom it is for as a whole. */
const wildcardChanges = (
  before: { shared: boolean; external: boolean },
  { shared, external }: { shared?: boolean; external?: boolean },
) => ({
  ...(shared !== undefined && shared !== before.shared && { shared }),
  ...(external !== undefined && external !== before.external && { external }),
})
