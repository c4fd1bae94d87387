import { containing } from '@nephos/db'
import { z } from 'zod'
import { sortDirection } from '../../compute/names.ts'
import { defineVerb, isAdmin, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { chooseType } from './choose.ts'
import { findType, typeParts, typeRow, type VolumeTypeRow, visibleTypes } from './row.ts'

/** Types of volumes that the actor can use; administrators also see private ones. */
export const listVolumeTypes = defineVerb({
  name: 'volume.types.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'name', dir: 'asc' }),
    search: z.string().trim().max(255).optional(),
    isPublic: z.boolean().optional(),
    qosSpecId: z.uuid().optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<VolumeTypeRow>> => {
    const admin = isAdmin(ctx.actor)
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: (value) => (input.sort.by === 'createdAt' ? new Date(String(value)) : value),
    })
    const { search, isPublic, qosSpecId } = input
    const types = await reader(ctx).volumeType.findMany({
      where: {
        AND: [
          visibleTypes(ctx),
          { isPublic, ...(admin && { qosSpecId }) },
          search ? { OR: [{ name: containing(search) }, { id: search }] } : {},
          where,
        ],
      },
      include: typeParts,
      orderBy,
      take,
    })
    return page(
      types.map((type) => typeRow(type, { admin })),
      input.limit,
      (row) => row[input.sort.by],
    )
  },
})

/** One type, by id or name. @throws NephosError not_found */
export const showVolumeType = defineVerb({
  name: 'volume.types.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.string().min(1).max(255) }),
  run: async ({ ctx, input }): Promise<VolumeTypeRow> =>
    typeRow(await findType(ctx, input.id), { admin: isAdmin(ctx.actor) }),
})

/** The type that volumes of the project get when nobody names one. @throws NephosError invalid_input when there is none */
export const showDefaultVolumeType = defineVerb({
  name: 'volume.types.showDefault',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({}),
  run: async ({ ctx }): Promise<VolumeTypeRow> => {
    const projectId = (ctx.actor.kind === 'user' && ctx.actor.project?.id) || ''
    const type = await chooseType(ctx, reader(ctx), projectId, null)
    return typeRow(type, { admin: isAdmin(ctx.actor) })
  },
})
