import { z } from 'zod'
import { defineVerb, type RoleName, reader, roleNames } from '../../kernel/index.ts'

/** A role, and the weaker ones whose rights it holds. */
export interface RoleRow {
  id: string
  name: RoleName
  description: string
  implies: RoleName[]
}

/** The roles there are, weakest first. */
export const listRoles = defineVerb({
  name: 'identity.roles.list',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object({}),
  run: async ({ ctx }): Promise<RoleRow[]> => {
    const roles = await reader(ctx).role.findMany()
    return roleNames.flatMap((name, rank) =>
      roles
        .filter((role) => role.name === name)
        .map(({ id, description }) => ({ id, name, description, implies: roleNames.slice(0, rank) })),
    )
  },
})
