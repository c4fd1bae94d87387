import type { Assignment, AssignmentType, Db, Role, Tx, User } from '@nephos/db'
import { type MutationTx, type RoleName, roleNames } from '../../kernel/index.ts'

/** A role that a user holds on a project, a domain or the system. */
export interface AssignmentRow {
  id: string
  userId: string
  userName: string
  role: RoleName
  targetType: AssignmentType
  /** Id of the project or domain; `all` for the system. */
  targetId: string
  targetName: string
  createdAt: Date
}

/** An assignment with the user and the role. */
export type FullAssignment = Assignment & { user: User; role: Role }

/** The rows of stored assignments, with the names of their targets. */
export async function assignmentRows(db: Db | Tx, assignments: FullAssignment[]): Promise<AssignmentRow[]> {
  const ids = (type: AssignmentType) =>
    assignments.filter((row) => row.targetType === type).map((row) => row.targetId)
  const wanted = (type: AssignmentType) => ({
    where: { id: { in: ids(type) } },
    select: { id: true, name: true },
  })
  const names = new Map<string, string>([['system all', 'System']])
  if (ids('project').length > 0)
    for (const { id, name } of await db.project.findMany(wanted('project'))) names.set(`project ${id}`, name)
  if (ids('domain').length > 0)
    for (const { id, name } of await db.domain.findMany(wanted('domain'))) names.set(`domain ${id}`, name)
  return assignments.flatMap(({ role, user, ...row }) =>
    roleNames
      .filter((name) => name === role.name)
      .map((name) => ({
        id: row.id,
        userId: row.userId,
        userName: user.name,
        role: name,
        targetType: row.targetType,
        targetId: row.targetId,
        targetName: names.get(`${row.targetType} ${row.targetId}`) ?? row.targetId,
        createdAt: row.createdAt,
      })),
  )
}

/** Writes a granted or revoked role to the audit log and announces it to the user and to administrators. */
export function assignmentChanged(
  tx: MutationTx,
  verb: string,
  change: 'created' | 'deleted',
  row: AssignmentRow,
): void {
  tx.audit({
    verb,
    resourceType: 'assignment',
    resourceId: row.id,
    resourceName: `${row.role} of ${row.userName} on ${row.targetName}`,
    projectId: row.targetType === 'project' ? row.targetId : null,
    detail: { userId: row.userId, role: row.role, targetType: row.targetType, targetId: row.targetId },
  })
  tx.event({
    noun: 'assignment',
    change,
    id: row.id,
    audience: { kind: 'user', userId: row.userId },
    data: change === 'deleted' ? null : row,
  })
}
