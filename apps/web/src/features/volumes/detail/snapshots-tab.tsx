'use client'
import { useQuery } from '@tanstack/react-query'
import { Camera } from 'lucide-react'
import Link from 'next/link'
import { type Column, DataTable, NameCell } from '#features/list/data-table.tsx'
import { type SnapshotRow, snapshotLook } from '#features/volume-snapshots/row.ts'
import { useSnapshotActions } from '#features/volume-snapshots/use-snapshot-actions.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu, type ResolvedAction } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { ValueUnit } from '#ui/value-unit.tsx'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolumeAsker } from '../use-volume.ts'

const columns: readonly Column<SnapshotRow>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: (row) => (
      <NameCell below={row.description}>
        <Link href={paths.volumeSnapshot(row.id)} className="rounded hover:underline">
          {volumeLabel(row)}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: (row) => <StateCell {...snapshotLook(row)} since={row.updatedAt} />,
  },
  {
    key: 'size',
    header: 'Size',
    align: 'right',
    from: 'sm',
    cell: (row) => <ValueUnit value={row.sizeGib} unit="GiB" />,
  },
  {
    key: 'createdAt',
    header: 'Taken',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** What was kept of a volume, newest first. */
export function SnapshotsTab({ volume, take }: { volume: VolumeRow; take: ResolvedAction }) {
  const trpc = useTRPC()
  const { isAdmin } = useVolumeAsker()
  const actionsOf = useSnapshotActions()
  const { data, error, refetch } = useQuery(
    trpc.volume.snapshots.list.queryOptions({
      volumeId: volume.id,
      limit: 200,
      ...(isAdmin && { allProjects: true }),
    }),
  )
  const button = (
    <Button size="sm" reason={take.reason} onClick={take.run}>
      <Camera aria-hidden="true" /> Take snapshot
    </Button>
  )
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  return (
    <Card title="Snapshots" action={button} flush>
      <DataTable
        label="Snapshots"
        columns={columns}
        rows={data?.items}
        nameOf={volumeLabel}
        menu={(row) => <ActionMenu name={volumeLabel(row)} id={row.id} actions={actionsOf(row)} />}
        empty={
          <EmptyState icon={Camera} title="No snapshots">
            A snapshot keeps what the volume holds at one moment. The volume can go back to the newest one,
            and new volumes can be made from any.
          </EmptyState>
        }
      />
    </Card>
  )
}
