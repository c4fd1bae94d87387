import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import type { HostRoute } from '../subnets/plan.ts'
import { lockRouter } from './access.ts'
import { connectedSubnets, refuseLostNexthops } from './connected.ts'
import { clearGateway, type GatewayColumns, gatewayField, setGateway } from './gateway.ts'
import { planRoutes, routesField } from './routes.ts'
import { announceRouter, type RouterRow } from './row.ts'

/**
 * Changes a router: its name, whether it works, its way out (null takes it away) and all of its static routes.
 * @throws NephosError not_found, invalid_input naming the field, forbidden for choices of administrators, conflict when
 * floating IPs or routes need what is to go
 */
export const updateRouter = defineVerb({
  name: 'network.routers.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    name: z.union([z.literal(''), displayName]).optional(),
    description: description.optional(),
    adminStateUp: z.boolean().optional(),
    gateway: gatewayField.nullish(),
    routes: routesField.optional(),
  }),
  run: ({ ctx, input: { id, gateway, routes, ...fields } }): Promise<RouterRow> =>
    mutate(ctx, async (tx) => {
      const router = await lockRouter(ctx, tx.db, id)
      let columns: GatewayColumns | undefined
      if (gateway === null) columns = await clearGateway(tx, router)
      else if (gateway)
        columns = await setGateway(ctx, tx, router, gateway, await connectedSubnets(tx.db, id))
      const connected = routes || columns ? await connectedSubnets(tx.db, id) : []
      const planned = routes && planRoutes(routes, connected)
      if (!planned && columns) refuseLostNexthops(router.routes as unknown as HostRoute[], connected)
      await tx.db.router.update({
        where: { id },
        data: { ...fields, ...columns, ...(planned && { routes: planned.map((route) => ({ ...route })) }) },
      })
      tx.audit({
        verb: 'network.routers.update',
        resourceType: 'router',
        resourceId: id,
        resourceName: fields.name ?? router.name,
        projectId: router.projectId,
        detail: JSON.parse(JSON.stringify({ ...fields, gateway, routes: planned })),
      })
      return announceRouter(ctx, tx, id, 'updated')
    }),
})
