'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age } from '#ui/time.tsx'
import { volumeReason } from '../actions.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

const mostNames = 50

/** Asks before a volume is deleted: what goes with it, and what stays. */
export function VolumeDeletePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const [typed, setTyped] = useState('')
  const volume = useVolume(of)
  const remove = useMutation(
    trpc.volume.volumes.delete.mutationOptions({
      onSuccess: ({ operationId, volume: row }) => {
        say(`Deleting ${volumeLabel(row)}`, operationId)
        onClose()
      },
    }),
  )
  const error = remove.error ?? volume.error
  const row = volume.data
  const snapshots = row?.snapshotCount ?? 0
  const reason = !row
    ? 'Still looking what goes with it.'
    : (volumeReason('delete', row, asker) ??
      (snapshots > 0 && typed.trim() !== String(snapshots) ? `Type ${snapshots} to confirm.` : null))
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Delete this volume?"
      footer={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button
            variant="danger"
            loading={remove.isPending}
            reason={reason}
            onClick={() => remove.mutate({ id: of, cascade: snapshots > 0 })}
          >
            Delete
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {error && <ErrorPanel error={readError(error)} />}
        {row ? (
          <>
            <Consequence row={row} />
            {snapshots > 0 && (
              <Field label={`Type ${snapshots}, the number of snapshots, to confirm`}>
                <Input
                  value={typed}
                  autoFocus
                  inputMode="numeric"
                  autoComplete="off"
                  onChange={(event) => setTyped(event.target.value)}
                />
              </Field>
            )}
          </>
        ) : (
          !error && <Skeleton className="h-20" />
        )}
      </div>
    </Dialog>
  )
}

function Consequence({ row }: { row: VolumeRow }) {
  const trpc = useTRPC()
  const { isAdmin } = useVolumeAsker()
  const { data } = useQuery(
    trpc.volume.snapshots.list.queryOptions(
      { volumeId: row.id, limit: mostNames, ...(isAdmin && { allProjects: true }) },
      { enabled: row.snapshotCount > 0 },
    ),
  )
  const more = row.snapshotCount - (data?.items.length ?? 0)
  return (
    <>
      <p className="text-muted">
        <strong className="break-words font-semibold text-fg">{volumeLabel(row)}</strong> and what is on its{' '}
        {row.sizeGib} GiB are removed for good. Backups, volumes and images that were made from it stay.
      </p>
      {row.attachments.length > 0 && (
        <p className="text-warn-text">
          {row.attachments.map(({ instanceName }) => instanceName ?? 'Somebody').join(', ')}{' '}
          {row.attachments.length === 1 ? 'has' : 'have'} it: detach it first.
        </p>
      )}
      {row.snapshotCount > 0 && (
        <div>
          <p className="text-muted">
            <span className="font-medium text-fg">{count(row.snapshotCount, 'snapshot')} of it</span>{' '}
            {row.snapshotCount === 1 ? 'is' : 'are'} removed, too.
          </p>
          {data && (
            <ul className="scroll-thin mt-1.5 max-h-40 divide-y divide-line overflow-y-auto rounded-md border border-line bg-raised px-3">
              {data.items.map((snapshot) => (
                <li key={snapshot.id} className="flex justify-between gap-3 py-1.5">
                  <span className="truncate font-medium">{volumeLabel(snapshot)}</span>
                  <Age at={snapshot.createdAt} className="shrink-0 text-muted" />
                </li>
              ))}
              {more > 0 && <li className="py-1.5 text-muted">{more} more</li>}
            </ul>
          )}
        </div>
      )}
    </>
  )
}
