import { isUniqueViolation, newHexId } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { identityDescription, identityName } from '../names.ts'
import { type DomainRow, domainRow } from './row.ts'

/** Adds a domain. @throws NephosError conflict when the name is taken */
export const createDomain = defineVerb({
  name: 'identity.domains.create',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    name: identityName,
    description: identityDescription.default(''),
    enabled: z.boolean().default(true),
  }),
  run: async ({ ctx, input }): Promise<DomainRow> => {
    try {
      return await mutate(ctx, async (tx) => {
        const domain = await tx.db.domain.create({ data: { ...input, id: newHexId() } })
        tx.audit({
          verb: 'identity.domains.create',
          resourceType: 'domain',
          resourceId: domain.id,
          resourceName: domain.name,
          projectId: null,
        })
        return domainRow(domain)
      })
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw conflict('A domain with this name exists.', {
        field: 'name',
        remedy: 'Choose another name.',
        cause: error,
      })
    }
  },
})
