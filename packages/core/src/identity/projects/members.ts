import type { Tx } from '@nephos/db'

/** Ids of the users with a role on the project: whose sessions a change of it concerns. */
export async function memberIds(db: Tx, projectId: string): Promise<string[]> {
  const rows = await db.assignment.findMany({
    where: { targetType: 'project', targetId: projectId },
    select: { userId: true },
    distinct: ['userId'],
  })
  return rows.map(({ userId }) => userId)
}
