import { quotaFormat, quotaLabel } from '#features/quotas/quotas.tsx'
import { Gauge } from '#ui/gauge.tsx'
import type { Quotas } from './amounts.ts'

/** What is left of the quotas that something takes from, as gauges. */
export function VolumeQuota({
  quotas,
  amounts,
  always = [],
}: {
  quotas: Quotas | undefined
  amounts: Record<string, number>
  /** Shown also where nothing is taken. */
  always?: readonly string[]
}) {
  const shown = (quotas ?? []).filter(
    ({ resource }) => always.includes(resource) || Object.hasOwn(amounts, resource),
  )
  if (shown.length === 0) return null
  return (
    <section aria-label="Quota afterwards" className="flex flex-col gap-3">
      <h3 className="text-xs font-medium text-subtle">Quota afterwards</h3>
      {shown.map(({ resource, used, limit }) => (
        <Gauge
          key={resource}
          label={quotaLabel(resource)}
          used={used}
          limit={limit}
          adding={amounts[resource] ?? 0}
          format={(value) => quotaFormat(resource, value)}
        />
      ))}
    </section>
  )
}
