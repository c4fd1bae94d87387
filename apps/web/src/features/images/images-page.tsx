'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Disc3, Lock, Upload } from 'lucide-react'
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
import { Badge } from '#ui/badge.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import { Bytes, Mib } from '#ui/value-unit.tsx'
import { ImageState } from './image-state.tsx'
import { type ImageRow, statusFilters, visibilityFilters } from './row.ts'
import { useImageActions } from './use-image-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<ImageRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Link href={paths.image(row.id)} className="truncate rounded hover:underline">
            {row.name}
          </Link>
          {row.protected && <Lock className="size-3 shrink-0 text-subtle" aria-label="protected" />}
        </span>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <ImageState row={row} /> },
  {
    key: 'size',
    header: 'Size',
    align: 'right',
    from: 'sm',
    cell: (row) => <Bytes value={row.size ?? row.uploadSize} />,
  },
  {
    key: 'format',
    header: 'Format',
    from: 'md',
    cell: (row) => <span className="text-muted">{row.diskFormat ?? '–'}</span>,
  },
  {
    key: 'visibility',
    header: 'Visibility',
    from: 'md',
    cell: (row) => <Badge tone={row.visibility === 'public' ? 'accent' : 'neutral'}>{row.visibility}</Badge>,
  },
  { key: 'needs', header: 'Needs at least', from: 'lg', cell: (row) => <Needs row={row} /> },
  {
    key: 'properties',
    header: 'Properties',
    align: 'right',
    from: 'xl',
    cell: (row) => Object.keys(row.properties).length || <span className="text-subtle">–</span>,
  },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

function Needs({ row }: { row: ImageRow }) {
  if (row.minDiskGib === 0 && row.minRamMib === 0) return <span className="text-subtle">nothing</span>
  return (
    <span className="text-muted">
      {row.minRamMib > 0 && (
        <>
          <Mib value={row.minRamMib} /> RAM
        </>
      )}
      {row.minRamMib > 0 && row.minDiskGib > 0 && ', '}
      {row.minDiskGib > 0 && (
        <>
          <Mib value={row.minDiskGib * 1024} /> disk
        </>
      )}
    </span>
  )
}

/** The images of the project and the public ones: live, with the bytes of running uploads. */
export function ImagesPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useImageActions()
  const list = useListState({
    filters: ['status', 'visibility'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statusFilters.find(({ value }) => value === list.filters.status)?.value
  const visibility = visibilityFilters.find(({ value }) => value === list.filters.visibility)?.value
  const query = useQuery(
    trpc.image.images.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(status && { status }),
        ...(visibility && { visibility }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const upload = (
    <LinkButton href={paths.imageNew()} variant="primary" reason={readOnly}>
      <Upload aria-hidden="true" /> Upload image
    </LinkButton>
  )
  return (
    <>
      <PageHeader
        title="Images"
        description="Disks that instances start from: this project's own and the public ones."
        actions={upload}
      />
      <ListCard<ImageRow, Sort, 'status' | 'visibility'>
        label="Images"
        icon={Disc3}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
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
              label="Visibility"
              all="Private and public"
              value={visibility ?? null}
              options={visibilityFilters}
              onChange={(value) => list.setFilter('visibility', value)}
            />
          </>
        }
        onOpen={(row) => router.push(paths.image(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Disc3} title="No images yet" action={upload}>
              An image is a disk with an operating system. Take the cloud image of a distribution, as qcow2,
              raw or iso, and drop it on the upload page.
            </EmptyState>
            <EmptyCall verb="image.images.create" input={{ name: 'debian-12' }} />
          </>
        }
      />
    </>
  )
}
