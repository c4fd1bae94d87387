import type { Db, Operation, Prisma, Tx } from '@nephos/db'
import { type Ctx, isAdmin, notFound, reader, requireProject } from '../../kernel/index.ts'

/** The operations an actor can see: those of the session's project, or all of them for administrators. */
export const visibleOperations = (ctx: Ctx): Prisma.OperationWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** @throws NephosError not_found when there is none that the actor can see */
export async function findOperation(ctx: Ctx, id: string, db: Db | Tx = reader(ctx)): Promise<Operation> {
  const operation = await db.operation.findFirst({ where: { id, ...visibleOperations(ctx) } })
  if (!operation) throw notFound('operation', id)
  return operation
}
