'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { floatingIpLook } from '#features/floating-ips/row.ts'
import { Target } from '#features/floating-ips/target.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Card } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { StateCell } from '#ui/state-cell.tsx'

/** The floating IPs that a router leads to instances; nothing when there are none. */
export function RouterFloatingIps({ routerId }: { routerId: string }) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.network.floatingIps.list.queryOptions({ routerId, limit: 50 }))
  if (!data || data.items.length === 0) return null
  return (
    <Card
      title="Floating IPs"
      action={
        <Link href={paths.floatingIps()} className="rounded text-xs text-muted hover:underline">
          All floating IPs
        </Link>
      }
    >
      <ul className="flex flex-col gap-2 text-sm">
        {data.items.map((row) => (
          <li key={row.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <Copyable value={row.address} what="address" />
            <span className="min-w-0 flex-1">
              <Target row={row} />
            </span>
            <StateCell {...floatingIpLook(row)} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
