'use client'
import { GroupChecks } from '#features/security-groups/group-checks.tsx'
import type { SecurityGroupRow } from '#features/security-groups/row.ts'
import { Card } from '#ui/card.tsx'
import { FieldError } from '#ui/field.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

/** What may reach it, and what it may reach. */
export function SecurityGroupSection({
  groups,
  value,
  error,
  onChange,
}: {
  groups: readonly SecurityGroupRow[] | undefined
  value: readonly string[]
  error?: string
  onChange: (ids: string[]) => void
}) {
  return (
    <Card title="Security groups">
      {groups ? (
        <GroupChecks groups={groups} value={value} onChange={onChange} />
      ) : (
        <Skeleton className="h-9" />
      )}
      {error && <FieldError>{error}</FieldError>}
    </Card>
  )
}
