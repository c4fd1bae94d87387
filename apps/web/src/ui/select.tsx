'use client'
import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export interface SelectOption {
  value: string
  label: ReactNode
  /** A second, dimmed line. */
  note?: ReactNode
  disabled?: boolean
}

/** Choice of one from a short list. Empty values are not allowed; use a word such as `any`. */
export function Select({
  value,
  onChange,
  options,
  placeholder,
  className,
  size = 'md',
  ...aria
}: {
  value: string | undefined
  onChange: (value: string) => void
  options: readonly SelectOption[]
  placeholder?: string
  className?: string
  size?: 'sm' | 'md'
  id?: string
  'aria-label'?: string
  'aria-invalid'?: boolean
  'aria-describedby'?: string
}) {
  return (
    <Radix.Root value={value ?? ''} onValueChange={onChange}>
      <Radix.Trigger
        {...aria}
        className={cn(
          'inline-flex w-full items-center justify-between gap-2 rounded-md border border-line-strong bg-surface px-3 text-sm transition-colors hover:bg-hover aria-invalid:border-bad data-placeholder:text-subtle',
          size === 'sm' ? 'h-8' : 'h-9',
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <ChevronDown className="size-4 shrink-0 text-subtle" aria-hidden="true" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          className="z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border border-line-strong bg-surface shadow-pop animate-in fade-in-0 duration-100"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className="relative flex cursor-pointer select-none flex-col rounded px-2 py-1.5 pr-8 text-sm outline-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-hover"
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.note && <span className="text-xs text-subtle">{option.note}</span>}
                <Radix.ItemIndicator className="absolute right-2 top-2">
                  <Check className="size-4 text-accent-text" aria-hidden="true" />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
