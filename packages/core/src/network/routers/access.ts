import type { Db, Prisma, Router, Tx } from '@nephos/db'
import { type Ctx, isAdmin, notFound, requireProject } from '../../kernel/index.ts'

/** The routers an actor sees: those of the project, and all of them for an administrator. */
export const visibleRouters = (ctx: Ctx): Prisma.RouterWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/**
 * Locks the row of a router until the transaction ends, and raises its generation: its host applies it anew. Call it
 * before any read of what belongs to the router.
 * @throws NephosError not_found
 */
export async function lockRouter(ctx: Ctx, db: Tx, id: string): Promise<Router> {
  await db.router.updateMany({
    where: { AND: [{ id }, visibleRouters(ctx)] },
    data: { generation: { increment: 1 } },
  })
  return findRouter(ctx, db, id)
}

/** A router that the actor sees. @throws NephosError not_found */
export async function findRouter(ctx: Ctx, db: Db | Tx, id: string): Promise<Router> {
  const router = await db.router.findFirst({ where: { AND: [{ id }, visibleRouters(ctx)] } })
  if (!router) throw notFound('router', id)
  return router
}
