'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Camera, HardDrive } from 'lucide-react'
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
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { ValueUnit } from '#ui/value-unit.tsx'
import { type SnapshotRow, snapshotLook, statusFilters } from './row.ts'
import { useSnapshotActions } from './use-snapshot-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<SnapshotRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
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
    header: 'Size',
    align: 'right',
    from: 'sm',
    cell: (row) => <ValueUnit value={row.sizeGib} unit="GiB" />,
  },
  {
    key: 'description',
    header: 'Description',
    from: 'lg',
    cell: (row) => <span className="block max-w-72 truncate text-muted">{row.description || '–'}</span>,
  },
  {
    key: 'createdAt',
    header: 'Taken',
    sort: 'createdAt',
    align: 'right',
    from: 'md',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** Snapshots of the project's volumes, live. */
export function SnapshotsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const actionsOf = useSnapshotActions()
  const list = useListState({
    filters: ['status'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statusFilters.find(({ value }) => value === list.filters.status)?.value
  const query = useQuery(
    trpc.volume.snapshots.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(status && { status }),
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
        title="Volume snapshots"
        description="What volumes held at one moment: to go back to, and to make new volumes from."
        actions={toVolumes}
      />
      <ListCard<SnapshotRow, Sort, 'status'>
        label="Volume snapshots"
        icon={Camera}
        list={list}
        query={query}
        columns={columns}
        nameOf={volumeLabel}
        searchLabel="Search name or ID"
        filters={
          <FilterSelect
            label="State"
            all="All states"
            value={status ?? null}
            options={statusFilters}
            onChange={(value) => list.setFilter('status', value)}
          />
        }
        onOpen={(row) => router.push(paths.volumeSnapshot(row.id))}
        menu={(row) => <ActionMenu name={volumeLabel(row)} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Camera} title="No snapshots yet" action={toVolumes}>
              Take a snapshot from the page of a volume, also while an instance writes to it.
            </EmptyState>
            <EmptyCall
              verb="volume.snapshots.create"
              input={{ volumeId: 'VOLUME', name: 'before-upgrade' }}
            />
          </>
        }
      />
    </>
  )
}
