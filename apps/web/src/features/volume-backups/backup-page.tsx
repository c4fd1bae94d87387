'use client'
import { useQuery } from '@tanstack/react-query'
import { ArchiveRestore, Pencil } from 'lucide-react'
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
import { cn } from '#ui/cn.ts'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { formatMoment } from '#ui/format.ts'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { Bytes, ValueUnit } from '#ui/value-unit.tsx'
import { type BackupDetail, type BackupRow, backupLook } from './row.ts'
import { useBackupActions } from './use-backup-actions.tsx'

/** One backup of a volume, in the chain that it belongs to. */
export function BackupPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.volume.backups.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.volumeBackups(), label: 'Volume backups' }}
      noun="backup"
      row={data && { ...data, name: volumeLabel(data) }}
      gone={useGone(id)}
      goneNote="Volumes restored from it stay."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {() => <Loaded backup={data!} />}
    </ResourcePage>
  )
}

function Loaded({ backup }: { backup: BackupDetail }) {
  const actions = useBackupActions()(backup)
  const act = (id: string) => actions.find((action) => action.id === id)!
  const [restore, edit] = [act('restore'), act('edit')]
  const name = volumeLabel(backup)
  return (
    <>
      <ResourceHeader
        name={name}
        mark={
          <Badge tone={backup.incremental ? 'neutral' : 'accent'}>
            {backup.incremental ? 'incremental' : 'full'}
          </Badge>
        }
      >
        <Button variant="primary" reason={restore.reason} onClick={restore.run}>
          <ArchiveRestore aria-hidden="true" /> Restore
        </Button>
        <ActionMenu name={name} id={backup.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <StateCell key="state" {...backupLook(backup)} since={backup.updatedAt} />],
          [
            'Of the volume',
            <Link
              key="volume"
              href={paths.volume(backup.volumeId)}
              className="block truncate rounded hover:underline"
            >
              {backup.volumeName || shortId(backup.volumeId)}
            </Link>,
          ],
          ['Size of the volume', <ValueUnit key="size" value={backup.sizeGib} unit="GiB" />],
          ['Stored', <Bytes key="stored" value={backup.storedBytes} />],
          ['Made', <Age key="made" at={backup.createdAt} />],
          ['ID', <Copyable key="id" value={backup.id} what="ID" display={shortId(backup.id)} />],
        ]}
      />
      {backup.failure && (
        <ErrorPanel
          className="mb-4"
          title="The last work on it failed"
          error={{ message: backup.failure, remedy: null, requestId: null }}
        />
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card
          title="Backup"
          action={
            <Button size="sm" reason={edit.reason} onClick={edit.run}>
              <Pencil aria-hidden="true" /> Edit
            </Button>
          }
        >
          <Facts
            items={[
              { label: 'Description', value: backup.description || 'none', wide: true },
              {
                label: 'The volume as it was',
                value: backup.dataAt ? formatMoment(backup.dataAt) : 'not known yet',
              },
              { label: 'Type of the volume', value: backup.typeName },
              { label: 'Bootable', value: backup.bootable ? 'yes' : 'no' },
              { label: 'Encrypted', value: backup.encrypted ? 'yes, as the volume was' : 'no' },
              { label: 'Store', value: backup.store },
              { label: 'Objects in the store', value: backup.objectCount },
              {
                label: 'SHA-256',
                wide: true,
                value: backup.checksum ? (
                  <Copyable value={backup.checksum} what="SHA-256" className="text-xs" />
                ) : (
                  'not known yet'
                ),
              },
            ]}
          />
        </Card>
        <Chain backup={backup} />
        <div className="lg:col-span-2">
          <OperationTimeline resourceId={backup.id} noun="backup" />
        </div>
      </div>
    </>
  )
}

/** The backups that this one needs, itself, and those that need it, the oldest first. */
function Chain({ backup }: { backup: BackupDetail }) {
  const chain: BackupRow[] = [...backup.parents, backup, ...backup.children]
  return (
    <Card title="Chain">
      <ol className="flex flex-col">
        {chain.map((each) => {
          const here = each.id === backup.id
          return (
            <li
              key={each.id}
              aria-current={here || undefined}
              className="relative flex items-baseline gap-3 border-l border-line pb-4 pl-5 last:pb-0"
            >
              <span
                aria-hidden="true"
                className={cn(
                  'absolute -left-1 top-1.5 size-2 rounded-full',
                  here ? 'bg-accent' : 'bg-line-strong',
                )}
              />
              <span className="min-w-0 flex-1">
                {here ? (
                  <span className="block truncate text-sm font-medium">{volumeLabel(each)} (this one)</span>
                ) : (
                  <Link
                    href={paths.volumeBackup(each.id)}
                    className="block truncate rounded text-sm hover:underline"
                  >
                    {volumeLabel(each)}
                  </Link>
                )}
                <span className="text-xs text-subtle">
                  {each.incremental ? 'what had changed' : 'everything'}, <Bytes value={each.storedBytes} />
                </span>
              </span>
              <Age at={each.createdAt} className="shrink-0 text-xs text-subtle" />
            </li>
          )
        })}
      </ol>
      <p className="mt-4 text-xs text-subtle">
        An incremental backup needs all that stand before it. One that others need cannot be deleted before
        them.
      </p>
    </Card>
  )
}
