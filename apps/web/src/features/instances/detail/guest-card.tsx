'use client'
import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import type { InstanceDetail } from '../row.ts'

/** What the guest says about itself through its agent; nothing for a guest without one. */
export function GuestCard({ instance }: { instance: InstanceDetail }) {
  const trpc = useTRPC()
  const runs = ['active', 'rescued', 'resized'].includes(instance.vmState)
  const { data, error, isFetching, refetch } = useQuery(
    trpc.compute.instances.guest.queryOptions(
      { id: instance.id },
      { enabled: instance.guestAgent && runs && instance.guestReadyAt !== null, retry: false },
    ),
  )
  if (!instance.guestAgent) return null
  return (
    <Card
      title="Guest agent"
      action={
        <Button
          size="sm"
          variant="ghost"
          loading={isFetching}
          reason={runs ? null : 'The guest does not run.'}
          onClick={() => void refetch()}
        >
          <RefreshCw aria-hidden="true" /> Ask again
        </Button>
      }
    >
      {error ? (
        <p className="text-sm text-muted">
          {readError(error).message} {readError(error).remedy}
        </p>
      ) : data && runs ? (
        <Facts
          items={[
            { label: 'System', value: data.system ?? 'not told' },
            { label: 'Kernel', value: data.kernel ?? 'not told' },
            { label: 'Agent', value: data.agentVersion },
            ...data.interfaces
              .filter(({ name }) => name !== 'lo')
              .map(({ name, addresses }) => ({
                label: name,
                value:
                  addresses.length > 0 ? (
                    <span className="flex flex-col">
                      {addresses.map((address) => (
                        <Copyable key={address} value={address} what="address" />
                      ))}
                    </span>
                  ) : (
                    'no address'
                  ),
              })),
          ]}
        />
      ) : isFetching ? (
        <Skeleton className="h-16 w-full" />
      ) : (
        <p className="text-sm text-muted">
          {runs ? 'The guest is still booting.' : 'Start the instance to ask its guest.'}
        </p>
      )}
    </Card>
  )
}
