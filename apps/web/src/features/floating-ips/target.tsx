'use client'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { shortId } from '#ui/copy.tsx'
import { count } from '#ui/format.ts'
import type { FloatingIpRow } from './row.ts'

/** Where a floating IP leads: an instance, a port, several by forwarded ports, or nowhere. */
export function Target({ row }: { row: FloatingIpRow }) {
  if (row.instanceId)
    return (
      <span className="inline-flex max-w-full items-center gap-1.5">
        <Link
          href={paths.instance(row.instanceId, 'networking')}
          className="min-w-0 truncate rounded hover:underline"
        >
          {row.instanceName ?? shortId(row.instanceId)}
        </Link>
        <span className="font-mono text-xs text-subtle">{row.fixedIpAddress}</span>
      </span>
    )
  if (row.port)
    return (
      <span className="inline-flex max-w-full items-center gap-1.5">
        <Link
          href={paths.network(row.port.networkId, 'ports')}
          className="min-w-0 truncate rounded hover:underline"
        >
          port {row.port.name || row.port.macAddress}
        </Link>
        <span className="font-mono text-xs text-subtle">{row.fixedIpAddress}</span>
      </span>
    )
  if (row.forwardings.length > 0)
    return <span className="text-muted">{count(row.forwardings.length, 'forwarded port')}</span>
  return <span className="text-subtle">nowhere</span>
}
