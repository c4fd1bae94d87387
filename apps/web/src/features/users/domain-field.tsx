'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'

/** The domain of a new user or project; absent while there is only one. */
export function DomainField({
  value,
  error,
  onChange,
}: {
  value: string
  error?: string
  onChange: (domainId: string) => void
}) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.identity.domains.list.queryOptions({ limit: 100 }))
  if (!error && (data?.items.length ?? 0) <= 1) return null
  return (
    <Field label="Domain" error={error}>
      <Select
        value={value}
        onChange={onChange}
        options={(data?.items ?? []).map((domain) => ({ value: domain.id, label: domain.name }))}
      />
    </Field>
  )
}
