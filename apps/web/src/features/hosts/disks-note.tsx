'use client'
import { useQuery } from '@tanstack/react-query'
import { HardDrive } from 'lucide-react'
import { useTRPC } from '#trpc/client.ts'
import { evacuationWords, moveWords, sharing } from './storage.ts'

/** Says what becomes of disks when instances leave a host: whether they are copied, stay, or are lost. */
export function DisksNote({
  from,
  to,
  lost = false,
}: {
  /** Name of the host where they are. */
  from: string | null
  /** Name of the destination, once it is known. */
  to?: string
  /** The host is lost. */
  lost?: boolean
}) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.hosts.list.queryOptions({ limit: 200 }))
  if (!data) return null
  const words = (lost ? evacuationWords : moveWords)(data.items, from, to)
  return (
    <p role="note" className="flex items-start gap-2 text-xs text-muted">
      <HardDrive aria-hidden="true" className="mt-px size-3.5 shrink-0" />
      <span>{words}</span>
    </p>
  )
}

/** Names of the other hosts that keep disks on the same storage as this one. */
export function StorageSharers({ name }: { name: string }) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.hosts.list.queryOptions({ limit: 200 }))
  if (!data) return <>…</>
  const others = sharing(data.items, name)
  return <>{others.length > 0 ? others.join(', ') : 'no other host'}</>
}
