import { newHexId } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { findDomain } from '../domains/row.ts'
import { emailAddress, identityDescription, identityId, identityName, newPassword } from '../names.ts'
import { hashPassword } from '../passwords/hash.ts'
import { checkDefaultProject, nameTaken } from './fields.ts'
import { type UserRow, userChanged, userRow } from './row.ts'

/**
 * Adds a user, who may do nothing before a role is granted. Without a password it cannot sign in.
 * @throws NephosError conflict when the name is taken in the domain, not_found for the domain
 */
export const createUser = defineVerb({
  name: 'identity.users.create',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({
    name: identityName,
    domainId: identityId.default('default'),
    password: newPassword.optional(),
    email: emailAddress.default(null),
    description: identityDescription.default(''),
    enabled: z.boolean().default(true),
    defaultProjectId: identityId.nullable().default(null),
  }),
  run: async ({ ctx, input: { password, ...fields } }): Promise<UserRow> => {
    await findDomain(ctx, fields.domainId, 'manager')
    const passwordHash = password === undefined ? null : await hashPassword(password)
    try {
      return await mutate(ctx, async (tx) => {
        await checkDefaultProject(tx.db, fields.domainId, fields.defaultProjectId)
        const user = await tx.db.user.create({
          data: { ...fields, id: newHexId(), passwordHash },
          include: { domain: true },
        })
        userChanged(tx, 'identity.users.create', 'created', user)
        return userRow(user)
      })
    } catch (error) {
      return nameTaken('user', error)
    }
  },
})
