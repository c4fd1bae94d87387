import type { Db, Tx } from '@nephos/db'
import type { z } from 'zod'
import { type Ctx, invalid, isAdmin, NephosError, reader, requireProject } from '../../kernel/index.ts'
import type { Hints, hintsInput } from './hints.ts'
import { parseHostQuery } from './query.ts'

/** What a person says of where an instance is to be. */
export interface PlacementWish {
  availabilityZone?: string | null
  serverGroupId?: string | null
  hints: z.output<typeof hintsInput>
}

/** The wish, checked, as the instance keeps it. */
export interface PlacementNeeds {
  zone: string | null
  serverGroupId: string | null
  /** null: none. */
  hints: Hints | null
}

const nothing: PlacementNeeds = { zone: null, serverGroupId: null, hints: null }

/**
 * Checks what a person says of where an instance is to be; whether the group is theirs is checked when it joins. Says
 * nothing to the database where nothing is said.
 * @throws NephosError invalid_input naming the field, forbidden when a host is chosen by somebody who may not
 */
export async function findPlacementNeeds(ctx: Ctx, wish: PlacementWish): Promise<PlacementNeeds> {
  const { group, ...hints } = wish.hints
  if (!wish.availabilityZone && !wish.serverGroupId && Object.keys(wish.hints).length === 0) return nothing
  if (group && wish.serverGroupId && group !== wish.serverGroupId)
    throw invalid(
      'hints.group',
      'The hint names another server group.',
      'Name one group, or leave the hint out.',
    )
  const db = reader(ctx)
  const place = wish.availabilityZone ? await findZone(ctx, db, wish.availabilityZone) : null
  await checkInstances(ctx, db, 'same_host', hints.same_host)
  await checkInstances(ctx, db, 'different_host', hints.different_host)
  if (hints.query !== undefined) {
    if (!ctx.config.schedulerFilters.includes('json'))
      throw invalid('hints.query', 'This cloud does not look at queries.', 'Leave the query out.')
    parseHostQuery(hints.query)
  }
  const kept = { ...hints, ...(place?.host && { host: place.host }) }
  return {
    zone: place?.zone ?? null,
    serverGroupId: wish.serverGroupId ?? group ?? null,
    hints: Object.keys(kept).length > 0 ? kept : null,
  }
}

/** Reads `zone` or `zone:host`. */
async function findZone(ctx: Ctx, db: Db | Tx, text: string): Promise<{ zone: string; host: string | null }> {
  const [zone = '', host] = text.split(':')
  if (host !== undefined && !isAdmin(ctx.actor))
    throw new NephosError('forbidden', 'Only administrators may choose a host.', {
      field: 'availabilityZone',
      remedy: 'Name a zone only.',
    })
  const found = await db.host.findFirst({
    where: { zone, ...(host !== undefined && { name: host }) },
    select: { id: true },
  })
  if (!found)
    throw invalid(
      'availabilityZone',
      host === undefined
        ? `There is no availability zone ${zone}.`
        : `There is no host ${host} in the zone ${zone}.`,
      'Leave it out to let the scheduler choose.',
    )
  return { zone, host: host ?? null }
}

/** The instances that a hint names are the project's own. */
async function checkInstances(ctx: Ctx, db: Db | Tx, hint: string, ids: string[] | undefined): Promise<void> {
  if (!ids) return
  const { id: projectId } = requireProject(ctx)
  const found = await db.instance.findMany({ where: { id: { in: ids }, projectId }, select: { id: true } })
  const missing = ids.find((id) => !found.some((instance) => instance.id === id))
  if (missing)
    throw invalid(`hints.${hint}`, `No instance ${missing} was found.`, 'Name instances of this project.')
}
