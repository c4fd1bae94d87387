'use client'
import { Badge } from '#ui/badge.tsx'
import { CheckField } from '#ui/check-field.tsx'
import { count } from '#ui/format.ts'
import type { SecurityGroupRow } from './row.ts'

/** Choice of the security groups of a port. */
export function GroupChecks({
  groups,
  value,
  onChange,
}: {
  groups: readonly SecurityGroupRow[]
  value: readonly string[]
  onChange: (ids: string[]) => void
}) {
  const chosen = groups.find(({ id }) => value.includes(id))
  return (
    <div className="flex flex-col gap-2.5">
      {groups.map((group) => {
        const on = value.includes(group.id)
        const mixed = !on && chosen !== undefined && chosen.stateful !== group.stateful
        return (
          <CheckField
            key={group.id}
            label={
              <span className="inline-flex items-center gap-1.5">
                {group.name}
                {!group.stateful && <Badge>stateless</Badge>}
              </span>
            }
            hint={[group.description, count(group.ruleCount, 'rule')].filter(Boolean).join(' · ')}
            reason={mixed ? 'Stateful and stateless groups do not go together.' : null}
            checked={on}
            onChange={(next) => onChange(next ? [...value, group.id] : value.filter((id) => id !== group.id))}
          />
        )
      })}
      {value.length === 0 && (
        <p className="text-xs text-warn-text">
          In no group nothing reaches it and it reaches nothing, but for addresses and metadata.
        </p>
      )}
    </div>
  )
}
