import { z } from 'zod'
import { defineVerb, mutate, NephosError, notFound } from '../../kernel/index.ts'
import { description } from '../names.ts'
import { type HostRow, hostChanged, hostRow, hostSelect } from './row.ts'

const ratio = z.number().min(0.01).max(1_000)
const reserved = z.number().int().min(0).max(2_000_000_000)

/**
 * Opens a host for new instances or closes it, puts it under maintenance, changes how much of it is promised and how
 * much it keeps for itself. What runs there goes on. Disabling and maintenance keep the reason; once neither holds
 * it is cleared. @throws NephosError not_found, invalid_input when nothing is to be changed or more is kept than is there
 */
export const updateHost = defineVerb({
  name: 'compute.hosts.update',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.uuid(),
    enabled: z.boolean().optional(),
    /** Nothing new comes here; what is here is about to leave or to stand still. */
    maintenance: z.boolean().optional(),
    /** Why it is disabled or under maintenance. */
    disabledReason: description.nullish(),
    vcpuRatio: ratio.optional(),
    ramRatio: ratio.optional(),
    diskRatio: ratio.optional(),
    reservedVcpus: reserved.optional(),
    reservedRamMib: reserved.optional(),
    reservedDiskGib: reserved.optional(),
  }),
  run: ({ ctx, input: { id, disabledReason, ...changes } }): Promise<HostRow> =>
    mutate(ctx, async (tx) => {
      const before = await tx.db.host.findUnique({ where: { id }, select: hostSelect })
      if (!before) throw notFound('host', id)
      if (disabledReason === undefined && Object.values(changes).every((value) => value === undefined))
        throw new NephosError('invalid_input', 'Nothing was said that should change.', {
          remedy: 'Give at least one of enabled, maintenance, disabledReason, a ratio or what is reserved.',
        })
      refuseTooMuch(before, changes)
      const after = { ...before, ...definedOnly(changes) }
      const open = after.enabled && !after.maintenance
      // The generation rises so that a claim made with the old answer in mind is refused.
      const record = await tx.db.host.update({
        where: { id },
        data: {
          ...changes,
          disabledReason: open
            ? null
            : disabledReason === undefined
              ? before.disabledReason
              : disabledReason || null,
          generation: { increment: 1 },
        },
        select: hostSelect,
      })
      tx.audit({
        verb: 'compute.hosts.update',
        resourceType: 'host',
        resourceId: id,
        resourceName: record.name,
        projectId: null,
        detail: { ...definedOnly(changes), disabledReason: record.disabledReason },
      })
      hostChanged(tx, 'updated', record, ctx.config.serviceDownTime)
      return hostRow(record, ctx.config.serviceDownTime)
    }),
})

const definedOnly = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>

function refuseTooMuch(
  host: { vcpus: number; ramMib: number; diskGib: number },
  wanted: { reservedVcpus?: number; reservedRamMib?: number; reservedDiskGib?: number },
): void {
  const pairs = [
    ['reservedVcpus', host.vcpus, 'CPUs'],
    ['reservedRamMib', host.ramMib, 'MiB of memory'],
    ['reservedDiskGib', host.diskGib, 'GiB of disk'],
  ] as const
  for (const [field, has, unit] of pairs)
    if ((wanted[field] ?? 0) > has)
      throw new NephosError(
        'invalid_input',
        `The host has ${has} ${unit} and cannot keep ${wanted[field]} of them.`,
        {
          field,
          remedy: `Give a number up to ${has}.`,
        },
      )
}
