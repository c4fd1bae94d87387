import type { ReactNode } from 'react'
import { cn } from './cn.ts'

/** A titled part of a page. */
export function Card({
  title,
  action,
  children,
  className,
  flush,
}: {
  title?: ReactNode
  action?: ReactNode
  children: ReactNode
  className?: string
  /** No padding: for tables and lists that reach the edge. */
  flush?: boolean
}) {
  return (
    <section className={cn('min-w-0 rounded-xl border border-line bg-surface', className)}>
      {title && (
        <header className="flex min-h-11 items-center justify-between gap-3 border-b border-line px-4 py-2">
          <h2 className="text-sm font-semibold">{title}</h2>
          {action}
        </header>
      )}
      <div className={flush ? 'overflow-hidden rounded-b-[calc(var(--radius-xl)-1px)]' : 'p-4'}>
        {children}
      </div>
    </section>
  )
}

/** Facts as label and value in two columns; a wide one has a line for itself. */
export function Facts({ items }: { items: readonly { label: string; value: ReactNode; wide?: boolean }[] }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3">
      {items.map(({ label, value, wide }) => (
        <div key={label} className={cn('min-w-0', wide && 'col-span-2')}>
          <dt className="text-xs text-subtle">{label}</dt>
          <dd className="mt-0.5 min-w-0 break-words text-sm">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
