'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowRightLeft, HardDrive, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import { ValueUnit } from '#ui/value-unit.tsx'
import { statusFilters, type VolumeRow, volumeLabel } from './row.ts'
import { useVolumeActions } from './use-volume-actions.tsx'
import { AttachedTo, VolumeMarks, VolumeState } from './volume-bits.tsx'

type Sort = 'name' | 'sizeGib' | 'createdAt'

const columns: readonly Column<VolumeRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Link href={paths.volume(row.id)} className="truncate rounded hover:underline">
            {volumeLabel(row)}
          </Link>
        </span>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <VolumeState row={row} /> },
  {
    key: 'size',
    header: 'Size',
    sort: 'sizeGib',
    align: 'right',
    cell: (row) => <ValueUnit value={row.sizeGib} unit="GiB" />,
  },
  {
    key: 'type',
    header: 'Type',
    from: 'md',
    cell: (row) => <span className="text-muted">{row.typeName}</span>,
  },
  { key: 'attached', header: 'Attached to', from: 'sm', cell: (row) => <AttachedTo row={row} /> },
  {
    key: 'marks',
    header: 'Kind',
    from: 'lg',
    cell: (row) => (
      <span className="inline-flex gap-1">
        <VolumeMarks row={row} />
      </span>
    ),
  },
  {
    key: 'snapshots',
    header: 'Snapshots',
    align: 'right',
    from: 'xl',
    cell: (row) => row.snapshotCount || <span className="text-subtle">–</span>,
  },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'lg',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

const bootFilters = [
  { value: 'yes', label: 'Bootable' },
  { value: 'no', label: 'Not bootable' },
] as const

/** The project's volumes, live. */
export function VolumesPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useVolumeActions()
  const list = useListState({
    filters: ['status', 'type', 'boot'],
    sorts: ['name', 'sizeGib', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statusFilters.find(({ value }) => value === list.filters.status)?.value
  const boot = bootFilters.find(({ value }) => value === list.filters.boot)?.value
  const types = useQuery(trpc.volume.types.list.queryOptions({ limit: 200 })).data?.items ?? []
  const type = types.find(({ id }) => id === list.filters.type)?.id
  const query = useQuery(
    trpc.volume.volumes.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(status && { status }),
        ...(type && { typeId: type }),
        ...(boot && { bootable: boot === 'yes' }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <LinkButton href={paths.volumeNew()} variant="primary" reason={readOnly}>
      <Plus aria-hidden="true" /> Create volume
    </LinkButton>
  )
  return (
    <>
      <PageHeader
        title="Volumes"
        description="Disks that live on their own: attached to an instance, and still there when it goes."
        actions={
          <>
            <LinkButton href={paths.volumeTransfers()}>
              <ArrowRightLeft aria-hidden="true" /> Transfers
            </LinkButton>
            {create}
          </>
        }
      />
      <ListCard<VolumeRow, Sort, 'status' | 'type' | 'boot'>
        label="Volumes"
        icon={HardDrive}
        list={list}
        query={query}
        columns={columns}
        nameOf={volumeLabel}
        searchLabel="Search name or ID"
        filters={
          <>
            <FilterSelect
              label="State"
              all="All states"
              value={status ?? null}
              options={statusFilters}
              onChange={(value) => list.setFilter('status', value)}
            />
            <FilterSelect
              label="Type"
              all="All types"
              value={type ?? null}
              options={types.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(value) => list.setFilter('type', value)}
            />
            <FilterSelect
              label="Bootable"
              all="Bootable or not"
              value={boot ?? null}
              options={bootFilters}
              onChange={(value) => list.setFilter('boot', value)}
            />
          </>
        }
        onOpen={(row) => router.push(paths.volume(row.id))}
        menu={(row) => <ActionMenu name={volumeLabel(row)} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={HardDrive} title="No volumes yet" action={create}>
              A volume is a disk of its own. Attach it to an instance, detach it, attach it elsewhere: what is
              on it stays.
            </EmptyState>
            <EmptyCall verb="volume.volumes.create" input={{ name: 'data', sizeGib: 10 }} />
          </>
        }
      />
    </>
  )
}
