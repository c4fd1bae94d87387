'use client'
import { Check, ChevronRight } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentType, ReactNode } from 'react'
import { cn } from './cn.ts'

const panel =
  'scroll-thin z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-80 overflow-y-auto rounded-lg border border-line-strong bg-surface p-1 shadow-pop animate-in fade-in-0 duration-100'

/** A menu that opens from its trigger. */
export function Menu({
  trigger,
  children,
  align = 'end',
  label,
}: {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
  /** Name of the menu for screen readers. */
  label?: string
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className={panel}
          onClick={(event) => event.stopPropagation()}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** One entry. With a `reason` it is disabled and says why. */
export function MenuItem({
  children,
  onSelect,
  icon: Icon,
  reason,
  danger,
  checked,
  shortcut,
}: {
  children: ReactNode
  onSelect?: () => void
  icon?: ComponentType<{ className?: string }>
  reason?: string | null
  danger?: boolean
  checked?: boolean
  shortcut?: string
}) {
  return (
    <Radix.Item
      aria-disabled={reason ? true : undefined}
      onSelect={(event) => {
        if (reason) event.preventDefault()
        else onSelect?.()
      }}
      className={cn(
        'flex cursor-pointer select-none items-start gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none data-highlighted:bg-hover',
        danger && !reason && 'text-bad-text',
        reason && 'cursor-not-allowed',
      )}
    >
      {Icon && (
        <Icon className={cn('mt-0.5 size-4 shrink-0', !danger && 'text-subtle', reason && 'opacity-50')} />
      )}
      <span className="min-w-0 flex-1">
        <span className={cn('block', reason && 'text-subtle')}>{children}</span>
        {reason && <span className="block text-xs leading-snug text-subtle">{reason}</span>}
      </span>
      {checked && <Check className="mt-0.5 size-4 text-accent-text" aria-label="selected" />}
      {shortcut && <kbd className="text-xs text-subtle">{shortcut}</kbd>}
    </Radix.Item>
  )
}

/** An entry that opens more entries beside it; on a narrow screen, over it. */
export function SubMenu({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Radix.Sub>
      <Radix.SubTrigger className="flex cursor-pointer select-none items-center gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none data-highlighted:bg-hover data-[state=open]:bg-hover">
        <span className="min-w-0 flex-1">{label}</span>
        <ChevronRight className="size-4 shrink-0 text-subtle" aria-hidden="true" />
      </Radix.SubTrigger>
      <Radix.Portal>
        <Radix.SubContent
          sideOffset={4}
          collisionPadding={8}
          className={cn(panel, 'max-w-[min(20rem,calc(100vw-1rem))]')}
          onClick={(event) => event.stopPropagation()}
        >
          {children}
        </Radix.SubContent>
      </Radix.Portal>
    </Radix.Sub>
  )
}

/** A line between groups of entries. */
export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />
}

/** A heading inside a menu. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pb-1 pt-1.5 text-xs text-subtle">{children}</Radix.Label>
}
