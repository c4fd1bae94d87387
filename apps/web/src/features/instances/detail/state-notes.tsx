'use client'
import { useQuery } from '@tanstack/react-query'
import {
  Archive,
  ArchiveRestore,
  CheckCheck,
  History,
  LifeBuoy,
  Lock,
  LockOpen,
  PackageOpen,
  Scaling,
  Undo2,
} from 'lucide-react'
import Link from 'next/link'
import type { ComponentType, ReactNode } from 'react'
import { useClientConfig } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { formatMoment } from '#ui/format.ts'
import { Age } from '#ui/time.tsx'
import type { InstanceDetail } from '../row.ts'
import { useInstanceActions } from '../use-instance-actions.tsx'

/** What is out of the ordinary about an instance, each with the way back. */
export function StateNotes({ instance }: { instance: InstanceDetail }) {
  const { reclaimSeconds } = useClientConfig()
  const actions = useInstanceActions()(instance)
  const back = (id: string, icon: ReactNode, label: string) => {
    const action = actions.find((each) => each.id === id)!
    return (
      <Button size="sm" reason={action.reason} onClick={action.run}>
        {icon} {label}
      </Button>
    )
  }
  const { deletedAt, rescueImageId } = instance
  return (
    <div className="mb-5 flex flex-col gap-2 empty:hidden">
      {instance.locked && (
        <Note icon={Lock} action={back('unlock', <LockOpen aria-hidden="true" />, 'Unlock')}>
          {instance.lockedBy === 'admin'
            ? 'An administrator locked it: only administrators can change or unlock it.'
            : 'It is locked: until it is unlocked, only administrators can change it.'}
          {instance.lockedReason && ` “${instance.lockedReason}”`}
        </Note>
      )}
      {instance.vmState === 'rescued' && (
        <Note icon={LifeBuoy} action={back('unrescue', <Undo2 aria-hidden="true" />, 'Unrescue')}>
          It is rescued: it runs from a temporary disk
          {rescueImageId && (
            <>
              {' '}
              of{' '}
              <Link href={paths.image(rescueImageId)} className="rounded underline">
                this image
              </Link>
            </>
          )}
          , and its own disk is the second one.
        </Note>
      )}
      {(instance.vmState === 'shelved' || instance.vmState === 'shelved_offloaded') && (
        <Note icon={Archive} action={back('unshelve', <PackageOpen aria-hidden="true" />, 'Unshelve')}>
          It is shelved: its root disk is kept as{' '}
          {instance.shelvedImageId ? (
            <Link href={paths.image(instance.shelvedImageId)} className="rounded underline">
              an image
            </Link>
          ) : (
            'an image'
          )}
          {instance.vmState === 'shelved_offloaded' ? ', and it takes no room on any host.' : '.'}
        </Note>
      )}
      {instance.vmState === 'resized' && (
        <Note
          icon={Scaling}
          action={
            <span className="flex flex-wrap gap-2">
              {back('revertResize', <History aria-hidden="true" />, 'Revert')}
              {back('confirmResize', <CheckCheck aria-hidden="true" />, 'Confirm')}
            </span>
          }
        >
          <ResizedWords instanceId={instance.id} />
        </Note>
      )}
      {instance.vmState === 'soft_deleted' && (
        <Note
          icon={ArchiveRestore}
          action={back('restore', <ArchiveRestore aria-hidden="true" />, 'Restore')}
        >
          It was deleted {deletedAt && <Age at={deletedAt} />} and is in the bin.
          {deletedAt && reclaimSeconds > 0 && (
            <>
              {' '}
              It is removed for good on {formatMoment(new Date(deletedAt.getTime() + reclaimSeconds * 1000))}.
            </>
          )}
        </Note>
      )}
    </div>
  )
}

/** What was changed, and what comes of waiting. */
function ResizedWords({ instanceId }: { instanceId: string }) {
  const trpc = useTRPC()
  const { data: move } = useQuery(trpc.compute.migrations.current.queryOptions({ instanceId }))
  if (!move) return 'It was moved, and waits to be confirmed or reverted.'
  const { oldFlavor, newFlavor, sourceHost, destHost, confirmAt } = move
  const places = sourceHost && destHost && sourceHost !== destHost ? ` from ${sourceHost} to ${destHost}` : ''
  return (
    <>
      {oldFlavor && newFlavor ? (
        <>
          It was resized from {oldFlavor.flavorName} to {newFlavor.flavorName}
          {places && `, and moved${places}`}.
        </>
      ) : (
        <>It was migrated{places || ' to another host'}.</>
      )}{' '}
      Confirm keeps it so and frees what it left behind; revert brings it back as it was.
      {confirmAt && (
        <span className="text-muted"> It is confirmed by itself on {formatMoment(confirmAt)}.</span>
      )}
    </>
  )
}

function Note({
  icon: Icon,
  action,
  children,
}: {
  icon: ComponentType<{ className?: string }>
  action: ReactNode
  children: ReactNode
}) {
  return (
    <div
      role="note"
      className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line-strong bg-raised px-4 py-2.5 text-sm"
    >
      <p className="flex min-w-0 flex-1 basis-72 items-start gap-2.5">
        <Icon className="mt-0.5 size-4 shrink-0 text-subtle" aria-hidden="true" />
        <span className="min-w-0 break-words">{children}</span>
      </p>
      {action}
    </div>
  )
}
