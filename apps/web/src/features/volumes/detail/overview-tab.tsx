'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { OperationProgress } from '#features/operations/operation-bits.tsx'
import { useOperationsOf } from '#features/operations/operation-timeline.tsx'
import { isActive, operationTitle } from '#features/operations/row.ts'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { formatMoment } from '#ui/format.ts'
import { driverWords, limitWords, type VolumeRow, volumeLabel } from '../row.ts'

/** What a volume is, where it is, how fast it may be, and what it was made from. */
export function OverviewTab({ volume }: { volume: VolumeRow }) {
  const { isAdmin } = useSession()
  const limits = limitWords(volume.limits)
  return (
    <div className="flex flex-col gap-4">
      <Work volume={volume} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title="Volume">
          <Facts
            items={[
              { label: 'Description', value: volume.description || 'none', wide: true },
              { label: 'Instances may boot from it', value: volume.bootable ? 'yes' : 'no' },
              { label: 'Guests may', value: volume.readOnly ? 'only read it' : 'read and write it' },
              {
                label: 'Instances that may have it at once',
                value: volume.multiattach ? 'several' : 'one',
              },
              {
                label: 'Where it is stored',
                value: volume.encrypted ? 'encrypted (LUKS)' : 'not encrypted',
              },
              { label: 'Changed', value: formatMoment(volume.updatedAt) },
              { label: 'Made from', value: <Source volume={volume} /> },
            ]}
          />
        </Card>
        <Card title="Where and how fast">
          <Facts
            items={[
              {
                label: 'Type',
                value: isAdmin ? (
                  <Link href={paths.admin.volumeType(volume.typeId)} className="rounded hover:underline">
                    {volume.typeName}
                  </Link>
                ) : (
                  volume.typeName
                ),
              },
              { label: 'Instances reach it', value: driverWords(volume.driver) },
              { label: 'Zone', value: volume.zone },
              ...(isAdmin ? [{ label: 'Back end', value: volume.backendName ?? 'not placed yet' }] : []),
              {
                label: 'Limits',
                wide: true,
                value:
                  limits.length === 0 ? (
                    'none'
                  ) : (
                    <ul>
                      {limits.map((words) => (
                        <li key={words} className="first-letter:uppercase">
                          {words}
                        </li>
                      ))}
                    </ul>
                  ),
              },
            ]}
          />
        </Card>
      </div>
    </div>
  )
}

/** What is being done to it now, with its progress. */
function Work({ volume }: { volume: VolumeRow }) {
  const { data } = useOperationsOf(volume.id)
  const active = (data?.items ?? []).filter(isActive)
  if (active.length === 0) return null
  return (
    <Card title="Under way">
      <ul className="flex flex-col gap-4">
        {active.map((operation) => (
          <li key={operation.id} className="flex flex-col gap-1.5">
            <Link
              href={paths.operation(operation.id)}
              className="self-start rounded text-sm font-medium hover:underline"
            >
              {operationTitle(operation.kind)}
            </Link>
            <OperationProgress operation={operation} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Source({ volume }: { volume: VolumeRow }) {
  if (volume.snapshotId)
    return (
      <>
        a snapshot, <Copyable value={volume.snapshotId} what="snapshot ID" className="text-xs" />
      </>
    )
  if (volume.sourceVolumeId) return <SourceVolume id={volume.sourceVolumeId} />
  if (volume.backupId)
    return (
      <Link href={paths.volumeBackup(volume.backupId)} className="rounded hover:underline">
        a backup
      </Link>
    )
  if (volume.imageId)
    return (
      <Link href={paths.image(volume.imageId)} className="rounded hover:underline">
        {volume.imageProperties?.image_name || 'an image'}
      </Link>
    )
  return 'nothing: it began empty'
}

/** The volume that it was copied from, by name while that is there. */
function SourceVolume({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.volume.volumes.show.queryOptions({ id }, { retry: false }))
  if (!data)
    return (
      <>
        a volume, <Copyable value={id} what="volume ID" className="text-xs" />
      </>
    )
  return (
    <Link href={paths.volume(id)} className="rounded hover:underline">
      {volumeLabel(data)}
    </Link>
  )
}
