import type { Prisma } from '@nephos/db'
import { type Ctx, isAdmin, NephosError, notFound, reader } from '../../kernel/index.ts'
import { openStatuses } from '../states.ts'
import { type ImageWithParts, imageParts, type MemberStatus } from './row.ts'

/** The project that the actor works in; null without one. */
export const ownProject = (ctx: Ctx): string | null =>
  ctx.actor.kind === 'user' ? (ctx.actor.project?.id ?? null) : null

const open: Prisma.ImageWhereInput = { status: { in: [...openStatuses] } }

/** Images that are offered to a project, whatever it answered or as it did. */
export const sharedWith = (projectId: string, status?: MemberStatus): Prisma.ImageWhereInput => ({
  ...open,
  visibility: 'shared',
  members: { some: { projectId, ...(status && { status }) } },
})

/** Images that a project may use when it names their id: its own, and what is given to it or to everybody. */
export const usableImages = (projectId: string | null): Prisma.ImageWhereInput => ({
  OR: [
    ...(projectId ? [{ projectId }, sharedWith(projectId)] : []),
    { ...open, visibility: { in: ['public', 'community'] } },
  ],
})

/** The images that an actor can see. Deleted ones are gone. */
export function visibleImages(ctx: Ctx, { everything = isAdmin(ctx.actor) } = {}): Prisma.ImageWhereInput {
  const present: Prisma.ImageWhereInput = { status: { not: 'deleted' } }
  return everything ? present : { AND: [present, usableImages(ownProject(ctx))] }
}

/** @throws NephosError not_found when there is none that the actor can see */
export async function findImage(ctx: Ctx, id: string, db = reader(ctx)): Promise<ImageWithParts> {
  const image = await db.image.findFirst({
    where: { AND: [{ id }, visibleImages(ctx)] },
    include: imageParts,
  })
  if (!image) throw notFound('image', id)
  return image
}

/**
 * An image that the actor may change: its project's, or any for an administrator.
 * @throws NephosError not_found, or forbidden for an image of another project that the actor sees
 */
export async function findOwnImage(ctx: Ctx, id: string, db = reader(ctx)): Promise<ImageWithParts> {
  const image = await findImage(ctx, id, db)
  if (!isAdmin(ctx.actor) && image.projectId !== ownProject(ctx))
    throw new NephosError('forbidden', `Image ${image.name} belongs to another project.`, {
      remedy: 'Only its own project and administrators may change it.',
    })
  return image
}
