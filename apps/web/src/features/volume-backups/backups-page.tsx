'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Archive, HardDrive } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { volumeLabel } from '#features/volumes/row.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { Bytes, ValueUnit } from '#ui/value-unit.tsx'
import { type BackupRow, backupLook, statusFilters } from './row.ts'
import { useBackupActions } from './use-backup-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<BackupRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.volumeBackup(row.id)} className="rounded hover:underline">
          {volumeLabel(row)}
        </Link>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <StateCell {...backupLook(row)} since={row.updatedAt} /> },
  {
    key: 'kind',
    header: 'Kind',
    from: 'sm',
    cell: (row) => (
      <Badge tone={row.incremental ? 'neutral' : 'accent'}>{row.incremental ? 'incremental' : 'full'}</Badge>
    ),
  },
  {
    key: 'volume',
    header: 'Of the volume',
    from: 'sm',
    cell: (row) => (
      <Link href={paths.volume(row.volumeId)} className="block max-w-56 truncate rounded hover:underline">
        {row.volumeName || shortId(row.volumeId)}
      </Link>
    ),
  },
  {
    key: 'size',
    header: 'Volume',
    align: 'right',
    from: 'md',
    cell: (row) => <ValueUnit value={row.sizeGib} unit="GiB" />,
  },
  {
    key: 'stored',
    header: 'Stored',
    align: 'right',
    from: 'md',
    cell: (row) => <Bytes value={row.storedBytes} />,
  },
  {
    key: 'createdAt',
    header: 'Made',
    sort: 'createdAt',
    align: 'right',
    from: 'lg',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** Backups of the project's volumes, live. */
export function BackupsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const actionsOf = useBackupActions()
  const list = useListState({
    filters: ['status', 'volume'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statusFilters.find(({ value }) => value === list.filters.status)?.value
  const query = useQuery(
    trpc.volume.backups.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(status && { status }),
        ...(list.filters.volume && { volumeId: list.filters.volume }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const toVolumes = (
    <LinkButton href={paths.volumes()}>
      <HardDrive aria-hidden="true" /> Volumes
    </LinkButton>
  )
  return (
    <>
      <PageHeader
        title="Volume backups"
        description="Copies of volumes in a store of their own: they outlive the volume and its host."
        actions={toVolumes}
      />
      <ListCard<BackupRow, Sort, 'status' | 'volume'>
        label="Volume backups"
        icon={Archive}
        list={list}
        query={query}
        columns={columns}
        nameOf={volumeLabel}
        searchLabel="Search name, volume or ID"
        filters={
          <FilterSelect
            label="State"
            all="All states"
            value={status ?? null}
            options={statusFilters}
            onChange={(value) => list.setFilter('status', value)}
          />
        }
        onOpen={(row) => router.push(paths.volumeBackup(row.id))}
        menu={(row) => <ActionMenu name={volumeLabel(row)} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Archive} title="No backups yet" action={toVolumes}>
              Make a backup from the menu of a volume: the first one keeps everything, later ones only what
              has changed.
            </EmptyState>
            <EmptyCall verb="volume.backups.create" input={{ volumeId: 'VOLUME', name: 'monday' }} />
          </>
        }
      />
    </>
  )
}
