import type { Image, Prisma } from '@nephos/db'
import { type Ctx, isAdmin, NephosError, notFound, reader } from '../../kernel/index.ts'

const ownProject = (ctx: Ctx): string | undefined =>
  ctx.actor.kind === 'user' ? ctx.actor.project?.id : undefined

/** The images an actor can see: those of its project, and what is public and ready. Deleted ones are gone. */
export function visibleImages(ctx: Ctx, { everything = isAdmin(ctx.actor) } = {}): Prisma.ImageWhereInput {
  const present: Prisma.ImageWhereInput = { status: { not: 'deleted' } }
  if (everything) return present
  const open: Prisma.ImageWhereInput = { visibility: 'public', status: 'active' }
  const project = ownProject(ctx)
  return { AND: [present, { OR: [...(project ? [{ projectId: project }] : []), open] }] }
}

/** @throws NephosError not_found when there is none that the actor can see */
export async function findImage(ctx: Ctx, id: string, db = reader(ctx)): Promise<Image> {
  const image = await db.image.findFirst({ where: { AND: [{ id }, visibleImages(ctx)] } })
  if (!image) throw notFound('image', id)
  return image
}

/**
 * An image that the actor may change: its project's, or any for an administrator.
 * @throws NephosError not_found, or forbidden for a public image of another project
 */
export async function findOwnImage(ctx: Ctx, id: string, db = reader(ctx)): Promise<Image> {
  const image = await findImage(ctx, id, db)
  if (!isAdmin(ctx.actor) && image.projectId !== ownProject(ctx))
    throw new NephosError('forbidden', `Image ${image.name} belongs to another project.`, {
      remedy: 'Only its own project and administrators may change it.',
    })
  return image
}
