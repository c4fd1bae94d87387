import { z } from 'zod'
import { sortDirection } from '../../compute/names.ts'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { findQosSpec, qosParts, qosRow, type VolumeQosSpecRow } from './row.ts'

/** Limits that types of volumes can refer to. */
export const listVolumeQosSpecs = defineVerb({
  name: 'volume.qosSpecs.list',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ ...pageInput, dir: sortDirection.default('asc') }),
  run: async ({ ctx, input }): Promise<Page<VolumeQosSpecRow>> => {
    const { where, orderBy, take } = keyset({
      field: 'name',
      direction: input.dir,
      limit: input.limit,
      cursor: input.cursor,
    })
    const found = await reader(ctx).volumeQosSpec.findMany({ where, include: qosParts, orderBy, take })
    return page(found.map(qosRow), input.limit, (row) => row.name)
  },
})

/** One QoS spec. @throws NephosError not_found */
export const showVolumeQosSpec = defineVerb({
  name: 'volume.qosSpecs.show',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<VolumeQosSpecRow> => qosRow(await findQosSpec(ctx, id)),
})
