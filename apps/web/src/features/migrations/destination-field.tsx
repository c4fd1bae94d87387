'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { whyNoDestination } from './choices.ts'

/** No host can be called so, for it has a blank in front. */
const any = ' any'

/** The host that an instance moves to; undefined leaves it to the scheduler. For administrators. */
export function DestinationField({
  value,
  from,
  error,
  onChange,
}: {
  value: string | undefined
  /** Name of the host where it is. */
  from: string | null
  error?: string
  onChange: (host: string | undefined) => void
}) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.hosts.list.queryOptions({ limit: 200 }))
  return (
    <Field
      label="To"
      error={error}
      hint="The scheduler checks a chosen host, too, and says why it does not suit."
    >
      <Select
        value={value ?? any}
        onChange={(next) => onChange(next === any ? undefined : next)}
        options={[
          { value: any, label: 'The host that the scheduler chooses' },
          ...(data?.items ?? []).map((host) => {
            const reason = whyNoDestination(host, from)
            return {
              value: host.name,
              label: host.name,
              note: reason ?? `${host.zone}, ${host.instanceCount} instances`,
              disabled: reason !== null,
            }
          }),
        ]}
      />
    </Field>
  )
}
