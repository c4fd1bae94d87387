import type { Prisma } from '@nephos/db'
import { z } from 'zod'
import { type MutationTx, notFound } from '../../kernel/index.ts'
import { wireRow } from '../instances/row.ts'

/** What is read of an aggregate. */
export const aggregateSelect = {
  id: true,
  name: true,
  zone: true,
  metadata: true,
  createdAt: true,
  updatedAt: true,
  hosts: { select: { hostId: true, host: { select: { name: true } } }, orderBy: { host: { name: 'asc' } } },
} satisfies Prisma.AggregateSelect
type AggregateRecord = Prisma.AggregateGetPayload<{ select: typeof aggregateSelect }>

/** An aggregate as lists and events have it. */
export interface AggregateRow {
  id: string
  name: string
  /** With a zone, it is an availability zone: its hosts are there, whatever their own configuration says. */
  zone: string | null
  metadata: Record<string, string>
  hostIds: string[]
  hostNames: string[]
  createdAt: Date
  updatedAt: Date
}

/** The list row. */
export const aggregateRow = ({ hosts, metadata, ...record }: AggregateRecord): AggregateRow => ({
  ...record,
  metadata: metadata as Record<string, string>,
  hostIds: hosts.map(({ hostId }) => hostId),
  hostNames: hosts.map(({ host }) => host.name),
})

/** A zone is part of `zone:host`, so it has no colon. */
export const zoneName = z
  .string()
  .trim()
  .min(1, 'A zone needs a name.')
  .max(64, 'The name of a zone has at most 64 characters.')
  .regex(/^[^\p{Cc}:]+$/u, 'The name of a zone has no colon.')

/** Metadata of an aggregate: texts by key. */
export const aggregateMetadata = z
  .record(z.string(), z.string().max(255, 'A value has at most 255 characters.'))
  .refine((items) => Object.keys(items).length <= 128, 'An aggregate has at most 128 metadata items.')
  .superRefine((items, check) => {
    for (const key of Object.keys(items)) {
      const message = whatIsWrongWith(key)
      if (message) check.addIssue({ code: 'custom', path: [key], message })
    }
  })

function whatIsWrongWith(key: string): string | null {
  if (!/^[A-Za-z0-9_.:-]{1,255}$/.test(key))
    return 'A key has letters, digits and the signs - _ . : only, at most 255.'
  return key === 'availability_zone' ? 'Set the zone of the aggregate instead.' : null
}

/** @throws NephosError not_found */
export async function findAggregate(
  id: string,
  db: Pick<MutationTx['db'], 'aggregate'>,
): Promise<AggregateRow> {
  const record = await db.aggregate.findUnique({ where: { id }, select: aggregateSelect })
  if (!record) throw notFound('aggregate', id)
  return aggregateRow(record)
}

/** Announces an aggregate to administrators and schedulers. */
export const aggregateChanged = (
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  row: AggregateRow,
): void =>
  tx.event({
    noun: 'aggregate',
    change,
    id: row.id,
    audience: { kind: 'admin' },
    data: change === 'deleted' ? null : wireRow(row),
  })

/** Notes who did what to an aggregate. */
export const auditAggregate = (
  tx: Pick<MutationTx, 'audit'>,
  verb: string,
  row: AggregateRow,
  detail: { [key: string]: string | null | string[] | { [key: string]: string | null } } = {},
): void =>
  tx.audit({
    verb: `compute.aggregates.${verb}`,
    resourceType: 'aggregate',
    resourceId: row.id,
    resourceName: row.name,
    projectId: null,
    detail,
  })
