import { z } from 'zod'
import { sortDirection } from '../../compute/names.ts'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { volumeIdInput } from '../volumes/find.ts'
import { backendRow, findBackend, type VolumeBackendRow } from './row.ts'

/** The places that volumes are kept in, with their capacity. */
export const listVolumeBackends = defineVerb({
  name: 'volume.backends.list',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    ...pageInput,
    dir: sortDirection.default('asc'),
    driver: z.enum(['local', 'iscsi', 'nbd', 'aoe', 'simulated']).optional(),
    hostName: z.string().max(255).optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<VolumeBackendRow>> => {
    const { where, orderBy, take } = keyset({
      field: 'name',
      direction: input.dir,
      limit: input.limit,
      cursor: input.cursor,
    })
    const { driver, hostName } = input
    const found = await reader(ctx).volumeBackend.findMany({
      where: { AND: [{ driver, hostName }, where] },
      orderBy,
      take,
    })
    return page(
      found.map((backend) => backendRow(backend, ctx.config.serviceDownTime)),
      input.limit,
      (row) => row.name,
    )
  },
})

/** One back end. @throws NephosError not_found */
export const showVolumeBackend = defineVerb({
  name: 'volume.backends.show',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: volumeIdInput,
  run: async ({ ctx, input: { id } }): Promise<VolumeBackendRow> =>
    backendRow(await findBackend(ctx, id), ctx.config.serviceDownTime),
})
