'use client'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { policyWords } from './words.ts'

/** In place of a policy: none, or for a new network what its project has as the default. */
export const noPolicy = 'none'
export const defaultPolicy = 'default'

/** What was chosen, for the API: undefined leaves it to the default. */
export const policyInput = (choice: string): string | null | undefined =>
  choice === defaultPolicy ? undefined : choice === noPolicy ? null : choice

/** The policies that a project may have on its networks and ports. */
function usePolicies(projectId: string | null) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const query = useQuery(
    trpc.network.qosPolicies.list.queryOptions({ limit: 200, ...(isAdmin && { allProjects: true }) }),
  )
  return (query.data?.items ?? []).filter((policy) => policy.shared || policy.projectId === projectId)
}

/** Choice of the limits of a network or a port. */
export function QosField({
  projectId,
  value,
  none,
  hint,
  error,
  onChange,
}: {
  /** Whose network or port it is. */
  projectId: string | null
  value: string
  /** What it is without a policy of its own. */
  none: { label: string; note?: string }
  hint: string
  error?: string
  onChange: (choice: string) => void
}) {
  const policies = usePolicies(projectId)
  const standard = policies.find((policy) => policy.isDefault && policy.projectId === projectId)
  const chosen = value === defaultPolicy ? (standard?.id ?? noPolicy) : value
  const unknown = chosen !== noPolicy && !policies.some(({ id }) => id === chosen)
  return (
    <Field label="QoS policy" hint={hint} error={error}>
      <Select
        value={chosen}
        onChange={onChange}
        options={[
          { value: noPolicy, ...none },
          ...policies.map((policy) => ({
            value: policy.id,
            label: policy.name,
            note: policyWords(policy.rules),
          })),
          ...(unknown ? [{ value: chosen, label: 'A policy of another project' }] : []),
        ]}
      />
    </Field>
  )
}
