import { containing, jsonText, type Prisma } from '@nephos/db'
import { z } from 'zod'
import { sortDirection } from '../../compute/names.ts'
import { pageInput } from '../../kernel/index.ts'
import { imageStatuses, openStatuses } from '../states.ts'
import { imageTag } from './fields.ts'
import { sharedWith } from './find.ts'
import { memberStatuses, visibilities } from './row.ts'

const moment = z.object({ op: z.enum(['gt', 'gte', 'lt', 'lte', 'eq', 'neq']), at: z.coerce.date() })

/** What `image.images.list` takes; each filter narrows further. */
export const listImagesInput = z.object({
  ...pageInput,
  sort: z
    .object({
      by: z.enum(['createdAt', 'updatedAt', 'name', 'id', 'diskFormat', 'containerFormat']),
      dir: sortDirection,
    })
    .default({ by: 'createdAt', dir: 'desc' }),
  /** Part of the name, or a whole id. */
  search: z.string().max(255).optional(),
  ids: z.array(z.string().max(64)).max(200).optional(),
  names: z.array(z.string().max(255)).max(200).optional(),
  status: z.enum(imageStatuses).optional(),
  /** `community` and `all` are the only ones that show community images of other projects. */
  visibility: z.enum([...visibilities, 'all']).optional(),
  /** Which of the images that are shared with this project: by what it answered. */
  memberStatus: z.enum([...memberStatuses, 'all']).default('accepted'),
  /** The images of this project alone, or of the others alone. */
  whose: z.enum(['own', 'others']).optional(),
  /** Those of one project. */
  owner: z.string().max(64).optional(),
  protected: z.boolean().optional(),
  /** Hidden ones are listed only when they are asked for. */
  hidden: z.union([z.boolean(), z.literal('all')]).default(false),
  /** Every one of them. */
  tags: z.array(imageTag).max(50).optional(),
  diskFormats: z.array(z.string().max(16)).max(20).optional(),
  containerFormats: z.array(z.string().max(16)).max(20).optional(),
  minSize: z.int().min(0).optional(),
  maxSize: z.int().min(0).optional(),
  createdAt: z.array(moment).max(4).optional(),
  updatedAt: z.array(moment).max(4).optional(),
  /** Properties with exactly these values. */
  properties: z.record(z.string().min(1).max(255), z.string().max(4_096)).optional(),
  /** For administrators. */
  allProjects: z.boolean().default(false),
})
export type ListImagesInput = z.output<typeof listImagesInput>

const open: Prisma.ImageWhereInput = { status: { in: [...openStatuses] } }

/** What a project has in its lists: its own images and those of others that it asks for. */
export function listedImages(
  projectId: string,
  { visibility, memberStatus }: Pick<ListImagesInput, 'visibility' | 'memberStatus'>,
): Prisma.ImageWhereInput {
  const community = visibility === 'community' || visibility === 'all'
  return {
    OR: [
      { projectId },
      { ...open, visibility: { in: community ? ['public', 'community'] : ['public'] } },
      sharedWith(projectId, memberStatus === 'all' ? undefined : memberStatus),
    ],
  }
}

/** The filters of a list but for whose images it may show. */
export function imageFilters(input: ListImagesInput, projectId: string | null): Prisma.ImageWhereInput[] {
  const { search, ids, names, status, visibility, whose, owner, hidden, tags, properties } = input
  const when = (field: 'createdAt' | 'updatedAt'): Prisma.ImageWhereInput[] =>
    (input[field] ?? []).map(({ op, at }) => ({
      [field]: op === 'neq' ? { not: at } : { [op === 'eq' ? 'equals' : op]: at },
    }))
  return [
    search ? { OR: [{ name: containing(search) }, { id: search }] } : {},
    ids ? { id: { in: ids } } : {},
    names ? { name: { in: names } } : {},
    status ? { status } : {},
    visibility && visibility !== 'all' ? { visibility } : {},
    whose && projectId ? { projectId: whose === 'own' ? projectId : { not: projectId } } : {},
    owner ? { projectId: owner } : {},
    input.protected === undefined ? {} : { protected: input.protected },
    hidden === 'all' ? {} : { hidden },
    ...(tags ?? []).map((tag) => ({ tags: { some: { tag } } })),
    input.diskFormats ? { diskFormat: { in: input.diskFormats } } : {},
    input.containerFormats ? { containerFormat: { in: input.containerFormats } } : {},
    input.minSize === undefined ? {} : { size: { gte: input.minSize } },
    input.maxSize === undefined ? {} : { size: { lte: input.maxSize } },
    ...when('createdAt'),
    ...when('updatedAt'),
    ...Object.entries(properties ?? {}).map(([name, value]) => ({ properties: jsonText(name, value) })),
  ]
}
