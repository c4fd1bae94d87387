import type { Tx } from '@nephos/db'
import { z } from 'zod'
import {
  type AnyQuotaResource,
  defineVerb,
  invalid,
  mutate,
  type QuotaResource,
  quotaResources,
  typeOfQuota,
} from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { findProject } from '../projects/row.ts'
import { type QuotaRow, quotaRows } from './rows.ts'

const limit = z
  .int('A limit is a whole number.')
  .min(-1, 'A limit is 0 or more, or -1 for unlimited.')
  .nullable()
const projectResources = quotaResources.filter((resource) => resource !== 'key_pairs')
const ofType = z
  .string()
  .max(300)
  .refine((resource) => typeOfQuota(resource) !== null, 'There is no such quota.')

/**
 * Sets limits of a project; null returns one to its default.
 * @throws NephosError not_found, invalid_input when a limit is below what is in use (unless `force`)
 */
export const updateQuotas = defineVerb({
  name: 'identity.quotas.update',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    projectId: identityId,
    limits: z
      .partialRecord(
        z.union([z.enum(projectResources as [QuotaResource, ...QuotaResource[]]), ofType]),
        limit,
      )
      .refine((limits) => Object.keys(limits).length > 0, 'Give at least one limit.'),
    /** Also below what is in use. */
    force: z.boolean().default(false),
  }),
  run: ({ ctx, input: { projectId, limits, force } }): Promise<QuotaRow[]> =>
    mutate(ctx, async (tx) => {
      const project = await findProject(ctx, projectId, 'admin', tx.db)
      const named = Object.keys(limits) as AnyQuotaResource[]
      await requireTypes(tx.db, named)
      const before = await quotaRows(tx.db, projectId, { also: named })
      for (const { resource, used } of before) {
        const wanted = limits[resource]
        if (wanted === undefined) continue
        if (wanted !== null && wanted >= 0 && wanted < used && !force)
          throw invalid(
            `limits.${resource}`,
            `The project already uses ${used} ${resource}.`,
            'Choose a higher limit, or force it: what exists stays, nothing new is allowed.',
          )
        const key = { projectId, resource }
        if (wanted === null) await tx.db.quotaLimit.deleteMany({ where: key })
        else
          await tx.db.quotaLimit.upsert({
            where: { projectId_resource: key },
            create: { ...key, limit: wanted },
            update: { limit: wanted },
          })
      }
      const rows = await quotaRows(tx.db, projectId)
      tx.audit({
        verb: 'identity.quotas.update',
        resourceType: 'quota',
        resourceId: projectId,
        resourceName: project.name,
        projectId,
        detail: { limits: limits as Record<string, number | null> },
      })
      tx.event({
        noun: 'quota',
        change: 'updated',
        id: projectId,
        audience: { kind: 'project', projectId },
        data: rows,
      })
      return rows
    }),
})

/** @throws NephosError invalid_input for a quota of a type of volumes that does not exist */
async function requireTypes(db: Tx, resources: readonly AnyQuotaResource[]): Promise<void> {
  const wanted = resources.flatMap((resource) => {
    const type = typeOfQuota(resource)
    return type === null ? [] : [{ resource, type }]
  })
  if (wanted.length === 0) return
  const found = await db.volumeType.findMany({
    where: { name: { in: wanted.map(({ type }) => type) } },
    select: { name: true },
  })
  const missing = wanted.find(({ type }) => !found.some(({ name }) => name === type))
  if (missing) throw invalid(`limits.${missing.resource}`, `There is no volume type ${missing.type}.`)
}
