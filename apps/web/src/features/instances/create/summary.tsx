'use client'
import { type ReactNode, useState } from 'react'
import { quotaFormat, quotaLabel } from '#features/quotas/quotas.tsx'
import type { RouterOutputs } from '#trpc/client.ts'
import { CodeBlock } from '#ui/code-block.tsx'
import { Gauge } from '#ui/gauge.tsx'
import { Mib } from '#ui/value-unit.tsx'
import type { Flavor, Image, Network } from './choices.ts'
import { Room, type RoomWish } from './room.tsx'

/** What is about to be made and what is left afterwards; stays in view while the form scrolls. */
export function Summary({
  name,
  count,
  image,
  source,
  flavor,
  networks,
  keyName,
  quotas,
  amounts,
  room,
  curl,
  children,
}: {
  name: string
  count: number
  image: Image | undefined
  /** What it boots from where that is not simply the image. */
  source: string | null
  flavor: Flavor | undefined
  networks: readonly Network[]
  keyName: string | null
  quotas: RouterOutputs['identity']['quotas']['show'] | undefined
  amounts: Record<string, number>
  /** What is to fit; null while nothing can be chosen. */
  room: RoomWish | null
  curl: string
  /** Errors and the button. */
  children: ReactNode
}) {
  const [showCurl, setShowCurl] = useState(false)
  const rows: [string, ReactNode][] = [
    ['Name', count > 1 ? `${name}-1 … ${name}-${count}` : name],
    ['Boots from', [source, image?.name].filter(Boolean).join(' ') || '–'],
    [
      'Size',
      flavor ? (
        <>
          {flavor.vcpus * count} vCPU, <Mib value={flavor.ramMib * count} />
        </>
      ) : (
        '–'
      ),
    ],
    ['Networks', networks.map((network) => network.name).join(', ') || '–'],
    ['Key pair', keyName ?? 'none'],
  ]
  return (
    <aside
      aria-label="Summary"
      className="flex min-w-0 flex-col gap-4 rounded-xl border border-line bg-surface p-4 lg:sticky lg:top-19"
    >
      <h2 className="text-sm font-semibold">Summary</h2>
      <dl className="flex flex-col gap-1.5 text-sm">
        {rows.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="text-subtle">{label}</dt>
            <dd className="min-w-0 truncate text-right">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-col gap-3 border-t border-line pt-4">
        <h3 className="text-xs font-medium text-subtle">Quota afterwards</h3>
        {['instances', 'cores', 'ram'].map((resource) => {
          const quota = quotas?.find((each) => each.resource === resource)
          return (
            quota && (
              <Gauge
                key={resource}
                label={quotaLabel(resource)}
                used={quota.used}
                limit={quota.limit}
                adding={amounts[resource] ?? 0}
                format={(value) => quotaFormat(resource, value)}
              />
            )
          )
        })}
      </div>
      <Room wish={room} count={count} />
      {children}
      <div className="border-t border-line pt-3">
        <button
          type="button"
          aria-expanded={showCurl}
          onClick={() => setShowCurl(!showCurl)}
          className="rounded text-xs text-muted hover:text-fg"
        >
          {showCurl ? 'Hide' : 'Show'} the equivalent API call
        </button>
        {showCurl && (
          <div className="mt-2">
            <CodeBlock code={curl} label="equivalent API call" />
          </div>
        )}
      </div>
    </aside>
  )
}
