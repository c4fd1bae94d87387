'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { shortId } from '#ui/copy.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { count } from '#ui/format.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import type { NetworkRow, PortRow } from './row.ts'

/** Asks before a network is deleted: what goes with it, and what stands in the way. */
export function NetworkDeletePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const { isAdmin } = useSession()
  const network = useQuery(trpc.network.networks.show.queryOptions({ id: of }))
  const ports = useQuery(
    trpc.network.ports.list.queryOptions({ limit: 50, networkId: of, ...(isAdmin && { allProjects: true }) }),
  )
  const remove = useMutation(
    trpc.network.networks.delete.mutationOptions({
      onSuccess: ({ operationId }) => {
        toast(`Deleting ${network.data?.name ?? 'the network'}`, {
          action: { label: 'Details', onClick: () => router.push(paths.operation(operationId)) },
        })
        onClose()
      },
    }),
  )
  const error = remove.error ?? network.error ?? ports.error
  const loaded = network.data && ports.data
  const blocking = ports.data?.items.filter(({ deviceOwner }) => deviceOwner !== 'network:dhcp') ?? []
  // A shared network has ports of other projects, which are only counted here.
  const hidden = Math.max(0, (network.data?.portCount ?? 0) - blocking.length)
  const stuck = blocking.length + hidden > 0
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={stuck ? 'This network is in use' : 'Delete this network?'}
      footer={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button
            variant="danger"
            loading={remove.isPending}
            reason={!loaded ? 'Still looking what is on it.' : stuck ? 'Delete its ports first.' : null}
            onClick={() => remove.mutate({ id: of })}
          >
            Delete
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {error && <ErrorPanel error={readError(error)} />}
        {!loaded ? (
          !error && <Skeleton className="h-16" />
        ) : stuck ? (
          <Blocking name={network.data.name} ports={blocking} hidden={hidden} onLeave={onClose} />
        ) : (
          <Consequence network={network.data} />
        )}
      </div>
    </Dialog>
  )
}

function Consequence({ network }: { network: NetworkRow }) {
  return (
    <>
      <p>
        <strong className="break-words font-semibold">{network.name}</strong>{' '}
        <span className="text-muted">is removed from every host and then for good. With it goes:</span>
      </p>
      <ul className="list-inside list-disc text-muted">
        {network.subnets.map((subnet) => (
          <li key={subnet.id}>
            the subnet <span className="font-mono text-[0.92em]">{subnet.cidr}</span>
          </li>
        ))}
        <li>its DHCP and metadata service</li>
      </ul>
      <p className="text-muted">No instance is on it.</p>
    </>
  )
}

function Blocking({
  name,
  ports,
  hidden,
  onLeave,
}: {
  name: string
  ports: readonly PortRow[]
  hidden: number
  onLeave: () => void
}) {
  return (
    <>
      <p className="text-muted">
        <strong className="break-words font-semibold text-fg">{name}</strong> cannot be deleted while{' '}
        {count(ports.length + hidden, 'port')} {ports.length + hidden === 1 ? 'uses' : 'use'} it:
      </p>
      <ul className="scroll-thin max-h-60 divide-y divide-line overflow-y-auto rounded-md border border-line bg-raised px-3">
        {ports.map((port) => (
          <li key={port.id} className="flex items-center justify-between gap-3 py-1.5">
            {port.instanceId ? (
              <Link
                href={paths.instance(port.instanceId)}
                onClick={onLeave}
                className="min-w-0 truncate rounded font-medium hover:underline"
              >
                {port.instanceName ?? shortId(port.instanceId)}
              </Link>
            ) : port.deviceOwner.startsWith('network:router_') ? (
              <Link
                href={paths.router(port.deviceId)}
                onClick={onLeave}
                className="min-w-0 truncate rounded font-medium hover:underline"
              >
                a router
              </Link>
            ) : port.deviceOwner === 'network:floatingip' ? (
              <span className="min-w-0 truncate">a floating IP</span>
            ) : (
              <span className="min-w-0 truncate">{port.name || `port ${shortId(port.id)}`}</span>
            )}
            <span className="shrink-0 font-mono text-xs text-subtle">
              {port.fixedIps.map(({ ipAddress }) => ipAddress).join(', ')}
            </span>
          </li>
        ))}
        {hidden > 0 && <li className="py-1.5 text-muted">{count(hidden, 'more port')}</li>}
      </ul>
      <p className="text-xs text-subtle">Delete these instances and ports first, and take routers from it.</p>
    </>
  )
}
