'use client'
import { RadioGroup as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

/** Choice of one, each with its facts visible. Arrow keys move between them. */
export function RadioCards<Value extends string>({
  label,
  value,
  onChange,
  options,
  className,
  invalid,
}: {
  label: string
  value: Value | undefined
  onChange: (value: Value) => void
  options: readonly { value: Value; title: ReactNode; facts?: ReactNode; reason?: string | null }[]
  className?: string
  invalid?: boolean
}) {
  return (
    <Radix.Root
      aria-label={label}
      aria-invalid={invalid || undefined}
      value={value ?? ''}
      onValueChange={(next) => onChange(next as Value)}
      className={cn('grid gap-2', className)}
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          disabled={Boolean(option.reason)}
          className="flex min-w-0 flex-col gap-0.5 rounded-lg border border-line-strong bg-surface px-3 py-2.5 text-left transition-colors hover:bg-hover disabled:cursor-not-allowed disabled:opacity-60 data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span className="max-w-full truncate text-sm font-medium">{option.title}</span>
          {option.facts && <span className="text-xs text-muted">{option.facts}</span>}
          {option.reason && <span className="text-xs text-warn-text">{option.reason}</span>}
        </Radix.Item>
      ))}
    </Radix.Root>
  )
}
