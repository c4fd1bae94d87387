'use client'
import { Check, Search } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { cn } from './cn.ts'

/** One choice of a {@link SearchChoice}. */
export interface SearchOption {
  value: string
  label: ReactNode
  /** A second, dimmed line: what it is, or why it cannot be chosen. */
  note?: ReactNode
  disabled?: boolean
}

/**
 * A text field over a list that it narrows, for choosing one of many: arrows move, Enter chooses. The list stays in
 * view, so that it also works inside a panel.
 */
export function SearchChoice({
  label,
  text,
  onText,
  value,
  onChange,
  options,
  empty,
  loading,
  id,
  ...aria
}: {
  /** Names the list for screen readers: "Addresses of instances". */
  label: string
  text: string
  onText: (text: string) => void
  value: string | undefined
  onChange: (value: string) => void
  options: readonly SearchOption[]
  /** Shown when nothing fits. */
  empty: ReactNode
  loading?: boolean
  id?: string
  'aria-invalid'?: boolean
  'aria-describedby'?: string
}) {
  const list = useId()
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(0)
  const active = Math.min(at, Math.max(0, options.length - 1))
  const optionId = (index: number) => `${list}-${index}`
  useEffect(() => {
    box.current?.querySelector(`[data-at="${active}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [active])
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt(Math.max(0, Math.min(options.length - 1, active + step)))
    } else if (event.key === 'Enter') {
      const option = options[active]
      if (!option || option.value === value) return
      event.preventDefault()
      if (!option.disabled) onChange(option.value)
    }
  }
  return (
    <div className="overflow-hidden rounded-md border border-line-strong bg-surface">
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search className="size-4 shrink-0 text-subtle" aria-hidden="true" />
        <input
          {...aria}
          id={id}
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={options.length > 0 ? optionId(active) : undefined}
          value={text}
          spellCheck={false}
          autoComplete="off"
          placeholder="Search name or address"
          className="h-9 min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-subtle"
          onChange={(event) => {
            setAt(0)
            onText(event.target.value)
          }}
          onKeyDown={onKey}
        />
      </div>
      <div
        ref={box}
        id={list}
        role="listbox"
        aria-label={label}
        aria-busy={loading || undefined}
        className="scroll-thin max-h-60 overflow-y-auto p-1"
      >
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
          <div
            key={option.value}
            id={optionId(index)}
            data-at={index}
            role="option"
            tabIndex={-1}
            aria-selected={option.value === value}
            aria-disabled={option.disabled || undefined}
            onClick={() => !option.disabled && onChange(option.value)}
            onMouseMove={() => setAt(index)}
            className={cn(
              'relative cursor-pointer rounded px-2 py-1.5 pr-8 text-sm aria-disabled:cursor-not-allowed',
              index === active && 'bg-hover',
            )}
          >
            <span className={cn('block truncate', option.disabled && 'text-subtle')}>{option.label}</span>
            {option.note && <span className="block text-xs text-subtle">{option.note}</span>}
            {option.value === value && (
              <Check className="absolute right-2 top-2 size-4 text-accent-text" aria-hidden="true" />
            )}
          </div>
        ))}
      </div>
      {options.length === 0 && (
        <p className="px-3 pb-3 text-xs text-subtle">{loading ? 'Searching…' : empty}</p>
      )}
    </div>
  )
}
