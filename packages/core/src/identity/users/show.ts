import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { findUser, type UserRow, userRow } from './row.ts'

/** One user. @throws NephosError not_found */
export const showUser = defineVerb({
  name: 'identity.users.show',
  kind: 'query',
  rule: { scope: 'domain', role: 'reader' },
  input: z.object({ id: identityId }),
  run: async ({ ctx, input }): Promise<UserRow> => userRow(await findUser(ctx, input.id, 'reader')),
})
