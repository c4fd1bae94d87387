import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { visibleRouters } from './access.ts'
import { type RouterRow, routerParts, routerRows } from './row.ts'

/** One router with its interfaces. @throws NephosError not_found */
export const showRouter = defineVerb({
  name: 'network.routers.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input }): Promise<RouterRow> => {
    const router = await reader(ctx).router.findFirst({
      where: { AND: [{ id: input.id }, visibleRouters(ctx)] },
      include: routerParts,
    })
    if (!router) throw notFound('router', input.id)
    return (await routerRows(reader(ctx), [router], ctx))[0]!
  },
})
