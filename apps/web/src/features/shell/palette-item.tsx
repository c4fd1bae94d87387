'use client'
import { Command } from 'cmdk'
import type { ComponentType, ReactNode } from 'react'
import { cn } from '#ui/cn.ts'
import { Kbd } from '#ui/kbd.tsx'

/** Commands under a heading. */
export function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-subtle"
    >
      {children}
    </Command.Group>
  )
}

/** One command. With a `reason` it cannot be chosen, and says why. */
export function Item({
  value,
  icon: Icon,
  reason,
  danger,
  keys,
  end,
  onSelect,
  children,
}: {
  value: string
  icon: ComponentType<{ className?: string }>
  reason?: string | null
  danger?: boolean
  keys?: string
  end?: ReactNode
  onSelect: () => void
  children: ReactNode
}) {
  return (
    <Command.Item
      value={value}
      aria-disabled={reason ? true : undefined}
      onSelect={() => {
        if (!reason) onSelect()
      }}
      className={cn(
        'flex cursor-pointer items-center gap-2.5 rounded-md px-2 py-2 text-sm data-[selected=true]:bg-hover',
        danger && !reason && 'text-bad-text',
        reason && 'cursor-not-allowed',
      )}
    >
      <Icon className={cn('size-4 shrink-0', !danger && 'text-subtle')} />
      <span className="min-w-0 flex-1">
        <span className={cn('block truncate', reason && 'text-subtle')}>{children}</span>
        {reason && <span className="block text-xs text-subtle">{reason}</span>}
      </span>
      {end}
      {keys && (
        <span className="flex gap-1 max-sm:hidden">
          {keys.split(' ').map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </span>
      )}
    </Command.Item>
  )
}
