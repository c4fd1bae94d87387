import type { ReactNode } from 'react'

/** The facts of a resource that stay in view while the tabs below them change. */
export function Strip({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="mb-5 flex flex-wrap gap-x-8 gap-y-3 rounded-xl border border-line bg-surface px-4 py-3">
      {facts.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-xs text-subtle">{label}</dt>
          <dd className="mt-0.5 min-w-0 max-w-72 text-sm">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
