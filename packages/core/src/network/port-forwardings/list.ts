import { z } from 'zod'
import { dateOrText, sortDirection } from '../../compute/names.ts'
import { defineVerb, keyset, notFound, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { visibleFloatingIps } from '../floating-ips/access.ts'
import { forwardingParts, forwardingRow, type PortForwardingRow } from '../floating-ips/row.ts'
import { idField } from '../networks/input.ts'

/** Port forwardings of one floating IP. @throws NephosError not_found */
export const listPortForwardings = defineVerb({
  name: 'network.portForwardings.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    floatingIpId: idField,
    sort: z
      .object({ by: z.enum(['externalPort', 'createdAt']), dir: sortDirection })
      .default({ by: 'externalPort', dir: 'asc' }),
    protocol: z.enum(['tcp', 'udp']).optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<PortForwardingRow>> => {
    const { floatingIpId, protocol } = input
    const db = reader(ctx)
    const floatingIp = await db.floatingIp.findFirst({
      where: { AND: [{ id: floatingIpId }, visibleFloatingIps(ctx)] },
      select: { id: true },
    })
    if (!floatingIp) throw notFound('floating IP', floatingIpId)
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const found = await db.portForwarding.findMany({
      where: { AND: [{ floatingIpId, protocol }, where] },
      include: forwardingParts,
      orderBy,
      take,
    })
    return page(found.map(forwardingRow), input.limit, (row) => row[input.sort.by])
  },
})
