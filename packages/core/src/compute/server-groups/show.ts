import { z } from 'zod'
import { defineVerb, isAdmin, reader } from '../../kernel/index.ts'
import { instanceStatus, type VmStateName } from '../states.ts'
import { findServerGroup, type ServerGroupRow } from './row.ts'

/** A member of a server group. */
export interface ServerGroupMember {
  id: string
  name: string
  status: string
  vmState: VmStateName
  taskState: string | null
  updatedAt: Date
  /** For administrators only; null for everyone else. */
  hostName: string | null
}

/** A server group with its members; at most 200 of them. */
export interface ServerGroupDetail extends ServerGroupRow {
  members: ServerGroupMember[]
}

/** One server group with its members. @throws NephosError not_found */
export const showServerGroup = defineVerb({
  name: 'compute.serverGroups.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<ServerGroupDetail> => {
    const db = reader(ctx)
    const group = await findServerGroup(ctx, id, db)
    const members = await db.instance.findMany({
      where: { serverGroupId: id },
      select: {
        id: true,
        name: true,
        vmState: true,
        taskState: true,
        updatedAt: true,
        host: { select: { name: true } },
      },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take: 200,
    })
    return {
      ...group,
      members: members.map(({ host, ...member }) => ({
        ...member,
        status: instanceStatus(member.vmState, member.taskState),
        hostName: isAdmin(ctx.actor) ? (host?.name ?? null) : null,
      })),
    }
  },
})
