'use client'
import { useQuery } from '@tanstack/react-query'
import { HardDrive, Pencil } from 'lucide-react'
import Link from 'next/link'
import { useGone } from '#features/live/live-provider.tsx'
import { OperationTimeline } from '#features/operations/operation-timeline.tsx'
import { volumeLabel } from '#features/volumes/row.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { formatMoment } from '#ui/format.ts'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { ValueUnit } from '#ui/value-unit.tsx'
import { type SnapshotRow, snapshotLook } from './row.ts'
import { useSnapshotActions } from './use-snapshot-actions.tsx'

/** One snapshot of a volume. */
export function SnapshotPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.volume.snapshots.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.volumeSnapshots(), label: 'Volume snapshots' }}
      noun="snapshot"
      row={data && { ...data, name: volumeLabel(data) }}
      gone={useGone(id)}
      goneNote="Volumes made from it stay."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {() => <Loaded snapshot={data!} />}
    </ResourcePage>
  )
}

function Loaded({ snapshot }: { snapshot: SnapshotRow }) {
  const actions = useSnapshotActions()(snapshot)
  const act = (id: string) => actions.find((action) => action.id === id)!
  const [create, edit] = [act('create'), act('edit')]
  const name = volumeLabel(snapshot)
  const items = Object.entries(snapshot.metadata)
  return (
    <>
      <ResourceHeader name={name} mark={snapshot.bootable && <Badge tone="accent">bootable</Badge>}>
        <Button variant="primary" reason={create.reason} onClick={create.run}>
          <HardDrive aria-hidden="true" /> Create volume
        </Button>
        <ActionMenu name={name} id={snapshot.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <StateCell key="state" {...snapshotLook(snapshot)} since={snapshot.updatedAt} />],
          ['Size', <ValueUnit key="size" value={snapshot.sizeGib} unit="GiB" />],
          [
            'Of the volume',
            <Link
              key="volume"
              href={paths.volume(snapshot.volumeId)}
              className="block truncate rounded hover:underline"
            >
              {snapshot.volumeName || shortId(snapshot.volumeId)}
            </Link>,
          ],
          ['Taken', <Age key="taken" at={snapshot.createdAt} />],
          ['ID', <Copyable key="id" value={snapshot.id} what="ID" display={shortId(snapshot.id)} />],
        ]}
      />
      {snapshot.failure && (
        <ErrorPanel
          className="mb-4"
          title="The last work on it failed"
          error={{ message: snapshot.failure, remedy: null, requestId: null }}
        />
      )}
      <div className="flex flex-col gap-4">
        <Card
          title="Snapshot"
          action={
            <Button size="sm" reason={edit.reason} onClick={edit.run}>
              <Pencil aria-hidden="true" /> Edit
            </Button>
          }
        >
          <Facts
            items={[
              { label: 'Description', value: snapshot.description || 'none', wide: true },
              { label: 'Taken', value: formatMoment(snapshot.createdAt) },
              { label: 'Changed', value: formatMoment(snapshot.updatedAt) },
              {
                label: 'Metadata',
                wide: true,
                value:
                  items.length === 0 ? (
                    'none'
                  ) : (
                    <ul>
                      {items.map(([key, value]) => (
                        <li key={key} className="break-words font-mono text-[13px]">
                          {key}={value}
                        </li>
                      ))}
                    </ul>
                  ),
              },
            ]}
          />
        </Card>
        <OperationTimeline resourceId={snapshot.id} noun="snapshot" />
      </div>
    </>
  )
}
