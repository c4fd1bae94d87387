import type { ComponentType, ReactNode } from 'react'
import { Copyable } from './copy.tsx'

/** Says what would be here, why it is not, and the one thing to do about it. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  command,
}: {
  icon: ComponentType<{ className?: string }>
  title: string
  children: ReactNode
  action?: ReactNode
  /** The same from a terminal. */
  command?: string
}) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="mb-4 flex size-11 items-center justify-center rounded-full bg-accent-soft text-accent-text">
        <Icon className="size-5" />
      </span>
      <h2 className="text-base font-semibold">{title}</h2>
      <p className="mt-1.5 max-w-md text-sm text-muted">{children}</p>
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
      {command && (
        <div className="mt-5 max-w-full rounded-md border border-line bg-raised px-3 py-1.5 text-xs text-muted">
          <Copyable value={command} what="command" />
        </div>
      )}
    </div>
  )
}
