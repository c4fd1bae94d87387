'use client'
import { type ReactNode, useId } from 'react'
import { Checkbox } from './checkbox.tsx'
import { FieldError } from './field.tsx'

/** A yes or no of a form, with what it means. With a `reason` it cannot be changed, and says why. */
export function CheckField({
  label,
  hint,
  error,
  reason,
  checked,
  onChange,
}: {
  label: ReactNode
  hint?: ReactNode
  error?: string | null
  reason?: string | null
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  const id = useId()
  const below = reason ?? hint
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox
        id={id}
        className="mt-0.5 disabled:opacity-50"
        checked={checked}
        disabled={Boolean(reason)}
        aria-describedby={below ? `${id}-hint` : undefined}
        aria-invalid={error ? true : undefined}
        onCheckedChange={(next) => onChange(next === true)}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="text-[13px] font-medium">
          {label}
        </label>
        {below && (
          <p id={`${id}-hint`} className="text-xs text-subtle">
            {below}
          </p>
        )}
        {error && <FieldError>{error}</FieldError>}
      </div>
    </div>
  )
}
