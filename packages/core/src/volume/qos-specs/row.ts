import type { VolumeQosSpec } from '@nephos/db'
import { z } from 'zod'
import { displayName } from '../../compute/names.ts'
import { type Ctx, type Json, type MutationTx, notFound, reader } from '../../kernel/index.ts'
import { limitKeys, perGibKeys } from '../types/limit-keys.ts'

/** Limits of volumes that types refer to, as lists and `show` have them. */
export interface VolumeQosSpecRow {
  id: string
  name: string
  /** front-end: where the guest's disk is. */
  consumer: string
  specs: Record<string, string>
  /** Types that have it. */
  typeNames: string[]
  createdAt: Date
  updatedAt: Date
}

/** What is read with a QoS spec to make its row. */
export const qosParts = { types: { select: { name: true }, orderBy: { name: 'asc' } } } as const

/** The row of a QoS spec. */
export const qosRow = ({
  types,
  specs,
  ...qos
}: VolumeQosSpec & { types: { name: string }[] }): VolumeQosSpecRow => ({
  ...qos,
  specs: specs as Record<string, string>,
  typeNames: types.map(({ name }) => name),
})

/** Announces a QoS spec to administrators. */
export const qosChanged = (
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  row: VolumeQosSpecRow,
): void =>
  tx.event({
    noun: 'volume_qos_spec',
    change,
    id: row.id,
    audience: { kind: 'admin' },
    data: change === 'deleted' ? null : (JSON.parse(JSON.stringify(row)) as Json),
  })

/** @throws NephosError not_found */
export async function findQosSpec(ctx: Ctx, id: string, db = reader(ctx)) {
  const qos = await db.volumeQosSpec.findUnique({ where: { id }, include: qosParts })
  if (!qos) throw notFound('QoS spec', id)
  return qos
}

const keys = [...Object.keys(limitKeys), ...Object.keys(perGibKeys)]

/** What administrators say of a QoS spec. */
export const qosFields = {
  name: displayName,
  /** Who holds volumes to it. `back-end` limits are not enforced by any back end here. */
  consumer: z.enum(['front-end', 'both'], 'Limits are enforced where the guest’s disk is: front-end.'),
  /** Numbers per second as text, by key. */
  specs: z
    .record(
      z.string().refine((key) => keys.includes(key), `A limit is one of: ${keys.join(', ')}.`),
      z.string().regex(/^[1-9]\d{0,14}$/, 'A limit is a whole number above 0.'),
    )
    .superRefine((specs, context) => {
      for (const what of ['iops', 'bytes'])
        if (
          (specs[`total_${what}_sec`] ?? specs[`total_${what}_sec_per_gb`]) &&
          ['read', 'write'].some((way) => specs[`${way}_${what}_sec`] ?? specs[`${way}_${what}_sec_per_gb`])
        )
          context.addIssue({
            code: 'custom',
            message: `Limit the total of ${what}, or reading and writing each: not both.`,
          })
    }),
}
