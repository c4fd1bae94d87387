import { z } from 'zod'
import { usableImages } from '../../image/images/find.ts'
import { defineVerb, invalid, isAdmin, NephosError, reader, requireProject } from '../../kernel/index.ts'
import { visibleFlavors } from '../flavors/row.ts'
import { findServerGroup } from '../server-groups/row.ts'
import { amountsOf } from './amounts.ts'
import { hintsInput } from './hints.ts'
import { findPlacementNeeds } from './needs.ts'
import type { FilterReport } from './report.ts'

/** How many instances would fit now. */
export interface PlacementPreview {
  /** How many hosts there are, and how many could take one. */
  hosts: number
  passing: number
  /** How many instances fit on them together; the server group's policy counts. */
  fits: number
  /** Whether as many fit as were asked for. */
  enough: boolean
  /** What runs out first, or stands in the way; null where nothing does. */
  tight: { filter: string; noun: string } | null
  filters: FilterReport[]
  /** The hosts with most room, for administrators; null for everyone else. */
  byHost: { host: string; fits: number }[] | null
}

/** What `compute.placement.preview` takes. */
export const previewInput = z.object({
  flavorId: z.string().min(1).max(255),
  imageId: z.uuid().nullish(),
  availabilityZone: z.string().min(1).max(320).nullish(),
  serverGroupId: z.uuid().nullish(),
  hints: hintsInput.default({}),
  count: z.int().min(1).max(100).default(1),
})

/**
 * Says how many instances of a kind would fit now and what the tight constraint is, before any is asked for. A
 * scheduler answers from its memory; nothing is reserved.
 * @throws NephosError invalid_input naming the field, unavailable when no scheduler runs
 */
export const previewPlacement = defineVerb({
  name: 'compute.placement.preview',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: previewInput,
  run: async ({ ctx, input }): Promise<PlacementPreview> => {
    const db = reader(ctx)
    const { id: projectId } = requireProject(ctx)
    const needs = await findPlacementNeeds(ctx, input)
    const [flavor, image] = await Promise.all([
      db.flavor.findFirst({ where: { id: input.flavorId, ...visibleFlavors(ctx) } }),
      input.imageId
        ? db.image.findFirst({
            where: { id: input.imageId, ...usableImages(projectId) },
            select: { id: true, properties: true },
          })
        : null,
    ])
    if (!flavor)
      throw invalid('flavorId', `No flavor ${input.flavorId} was found.`, 'Choose one of the listed flavors.')
    if (input.imageId && !image)
      throw invalid('imageId', `No image ${input.imageId} was found.`, 'Choose one of the listed images.')
    if (needs.serverGroupId) await groupOfProject(ctx, needs.serverGroupId)
    const answer = await ctx.ask('any', 'scheduler.preview', {
      projectId,
      flavorName: flavor.name,
      ...amountsOf(flavor),
      extraSpecs: texts(flavor.extraSpecs),
      imageId: image?.id ?? null,
      imageProperties: texts(image?.properties),
      zone: needs.zone,
      host: needs.hints?.host ?? null,
      groupId: needs.serverGroupId,
      sameHost: needs.hints?.same_host ?? [],
      differentHost: needs.hints?.different_host ?? [],
      query: needs.hints?.query ?? null,
    })
    return {
      ...answer,
      enough: answer.fits >= input.count,
      byHost: isAdmin(ctx.actor) ? answer.byHost : null,
    }
  },
})

/** Another project's group is as one that does not exist. */
async function groupOfProject(ctx: Parameters<typeof findServerGroup>[0], id: string): Promise<void> {
  try {
    await findServerGroup(ctx, id, reader(ctx))
  } catch (error) {
    if (!(error instanceof NephosError) || error.code !== 'not_found') throw error
    throw invalid('serverGroupId', `No server group ${id} was found.`, 'Choose one of the listed groups.')
  }
}

/** The texts of a stored JSON object, whatever it is. */
const texts = (json: unknown): Record<string, string> =>
  json !== null && typeof json === 'object'
    ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)]))
    : {}
