import { newId } from '@nephos/db'
import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate, requireProject, takeQuota } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { connectedSubnets } from './connected.ts'
import { gatewayField, setGateway } from './gateway.ts'
import { joinSubnet } from './join-subnet.ts'
import { announceRouter, type RouterRow } from './row.ts'

/**
 * Makes a router, with its way out and its first interfaces when they are given. A host takes it up by itself.
 * @throws NephosError invalid_input naming the field, not_found, forbidden, conflict, quota_exceeded
 */
export const createRouter = defineVerb({
  name: 'network.routers.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    name: z.union([z.literal(''), displayName]).default(''),
    description: description.default(''),
    adminStateUp: z.boolean().default(true),
    gateway: gatewayField.nullish(),
    /** Subnets that it is to be the gateway of. */
    subnetIds: z.array(idField).max(20, 'Add more interfaces afterwards.').default([]),
  }),
  run: ({ ctx, input }): Promise<RouterRow> => {
    const { gateway, subnetIds, ...fields } = input
    const project = requireProject(ctx)
    return mutate(ctx, async (tx) => {
      const router = await tx.db.router.create({
        data: { id: newId(), projectId: project.id, ...fields, routes: [] },
      })
      for (const [index, subnetId] of subnetIds.entries())
        await joinSubnet(ctx, tx, router, subnetId, `subnetIds.${index}`)
      if (gateway) {
        const connected = await connectedSubnets(tx.db, router.id)
        const columns = await setGateway(ctx, tx, router, gateway, connected)
        await tx.db.router.update({ where: { id: router.id }, data: columns })
      }
      tx.audit({
        verb: 'network.routers.create',
        resourceType: 'router',
        resourceId: router.id,
        resourceName: router.name,
        projectId: project.id,
        detail: { externalNetworkId: gateway?.networkId ?? null, subnetIds },
      })
      const row = await announceRouter(ctx, tx, router.id, 'created')
      await takeQuota(tx.db, project.id, { ports: subnetIds.length, routers: 1 })
      return row
    })
  },
})
