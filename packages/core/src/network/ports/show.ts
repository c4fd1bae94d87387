import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { type PortRow, portParts, portRow, visiblePorts } from './row.ts'

/** One port. @throws NephosError not_found */
export const showPort = defineVerb({
  name: 'network.ports.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input }): Promise<PortRow> => {
    const port = await reader(ctx).port.findFirst({
      where: { AND: [{ id: input.id }, visiblePorts(ctx)] },
      include: portParts,
    })
    if (!port) throw notFound('port', input.id)
    return portRow(port, ctx)
  },
})
