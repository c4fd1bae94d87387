'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CalendarClock, Camera } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { toast } from 'sonner'
import { imageLook } from '#features/images/row.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { formatMoment } from '#ui/format.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import type { InstanceDetail } from '../row.ts'
import { useInstanceActions } from '../use-instance-actions.tsx'
import { type BackupSchedule, intervalWords } from './backup-schedule.ts'
import { BackupScheduleDialog } from './backup-schedule-dialog.tsx'

/** The images that were made of an instance, and when the next backup is made by itself. */
export function BackupsCard({ instance }: { instance: InstanceDetail }) {
  const trpc = useTRPC()
  const { data, error } = useQuery(trpc.compute.backups.show.queryOptions({ instanceId: instance.id }))
  const copy = useInstanceActions()(instance).find(({ id }) => id === 'createImage')!
  return (
    <Card
      title="Images and backups"
      action={
        <Button size="sm" variant="ghost" reason={copy.reason} onClick={copy.run}>
          <Camera aria-hidden="true" /> Create image
        </Button>
      }
    >
      {error ? (
        <p className="text-sm text-muted">{readError(error).message}</p>
      ) : !data ? (
        <Skeleton className="h-16 w-full" />
      ) : (
        <div className="flex flex-col gap-4">
          <Schedule instance={instance} schedule={data.schedule} />
          {data.images.length > 0 && (
            <ul aria-label={`Images of ${instance.name}`} className="flex flex-col divide-y divide-line">
              {data.images.map((image) => (
                <li
                  key={image.id}
                  className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2"
                >
                  <Link
                    href={paths.image(image.id)}
                    className="min-w-0 max-w-full truncate rounded text-sm hover:underline"
                  >
                    {image.name}
                  </Link>
                  <span className="flex items-center gap-3 text-xs text-subtle">
                    {image.backupType && <Badge>{image.backupType}</Badge>}
                    <Age at={image.createdAt} />
                    <StateCell {...imageLook({ status: image.status, failure: null })} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Card>
  )
}

function Schedule({ instance, schedule }: { instance: InstanceDetail; schedule: BackupSchedule | null }) {
  const trpc = useTRPC()
  const client = useQueryClient()
  const confirm = useConfirm()
  const readOnly = useWhyReadOnly()
  const [editing, setEditing] = useState(false)
  const remove = useMutation(
    trpc.compute.backups.unschedule.mutationOptions({
      onSuccess: () =>
        client.invalidateQueries({
          queryKey: trpc.compute.backups.show.queryKey({ instanceId: instance.id }),
        }),
      onError: (error) => toast.error('The schedule stays', { description: readError(error).message }),
    }),
  )
  const end = async () => {
    const sure = await confirm({
      title: 'End the scheduled backups?',
      consequence: 'gets no more backups by itself. Those there are stay.',
      verb: 'End schedule',
      names: [instance.name],
      noun: 'instance',
    })
    if (sure) remove.mutate({ instanceId: instance.id })
  }
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <p className="flex min-w-0 items-start gap-2.5 text-sm">
        <CalendarClock className="mt-0.5 size-4 shrink-0 text-subtle" aria-hidden="true" />
        <span className="min-w-0">
          {schedule ? (
            <>
              A backup {intervalWords(schedule.everyHours)}, of which {schedule.keep}{' '}
              {schedule.keep === 1 ? 'stays' : 'stay'}.{' '}
              <span className="text-muted">Next: {formatMoment(schedule.nextAt)}.</span>
              {schedule.lastProblem && (
                <span className="mt-1 block text-xs text-bad-text">
                  The last one could not be started: {schedule.lastProblem}
                </span>
              )}
            </>
          ) : (
            <span className="text-muted">No backups are scheduled.</span>
          )}
        </span>
      </p>
      <span className="flex gap-2">
        <Button size="sm" reason={readOnly} onClick={() => setEditing(true)}>
          {schedule ? 'Edit schedule' : 'Schedule backups'}
        </Button>
        {schedule && (
          <Button size="sm" variant="ghost" reason={readOnly} loading={remove.isPending} onClick={end}>
            End schedule
          </Button>
        )}
      </span>
      {editing && (
        <BackupScheduleDialog instance={instance} schedule={schedule} onClose={() => setEditing(false)} />
      )}
    </div>
  )
}
