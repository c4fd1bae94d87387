'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Disc3, EyeOff, LibraryBig, Link2, Lock, Upload } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { TagSelect } from '#features/tags/tag-select.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import { Bytes, Mib } from '#ui/value-unit.tsx'
import { VisibilityBadge } from './image-marks.tsx'
import { ImageState } from './image-state.tsx'
import { type ImageRow, statusFilters, whoseFilters } from './row.ts'
import { ImageOffers } from './sharing/image-offers.tsx'
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
          {row.hidden && <EyeOff className="size-3 shrink-0 text-subtle" aria-label="hidden" />}
          <TagChips tags={row.tags} most={2} />
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
    cell: (row) => <VisibilityBadge row={row} />,
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

const hiddenFilters = [
  { value: 'too', label: 'With hidden' },
  { value: 'only', label: 'Hidden only' },
] as const

/** The images of the project, public ones and accepted ones: live, with the bytes of running uploads. */
export function ImagesPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useImageActions()
  const list = useListState({
    filters: ['status', 'whose', 'tag', 'hidden'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statusFilters.find(({ value }) => value === list.filters.status)?.value
  const whose = whoseFilters.find(({ value }) => value === list.filters.whose)
  const hidden = hiddenFilters.find(({ value }) => value === list.filters.hidden)?.value
  const { tag } = list.filters
  const { data: tags = [] } = useQuery(trpc.image.tags.list.queryOptions({}))
  const query = useQuery(
    trpc.image.images.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(status && { status }),
        ...whose?.input,
        ...(tag && { tags: [tag] }),
        ...(hidden && { hidden: hidden === 'only' ? true : 'all' }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const adds = (
    <>
      <LinkButton href={paths.imageCatalogue()}>
        <LibraryBig aria-hidden="true" /> Catalogue
      </LinkButton>
      <LinkButton href={paths.imageNew({ from: 'address' })} reason={readOnly}>
        <Link2 aria-hidden="true" /> Import
      </LinkButton>
      <LinkButton href={paths.imageNew()} variant="primary" reason={readOnly}>
        <Upload aria-hidden="true" /> Upload image
      </LinkButton>
    </>
  )
  return (
    <>
      <PageHeader
        title="Images"
        description="Disks that instances start from: this project's own, public ones, and those that others share with it."
        actions={adds}
      />
      <ImageOffers />
      <ListCard<ImageRow, Sort, 'status' | 'whose' | 'tag' | 'hidden'>
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
              label="Whose images"
              all="All images"
              value={whose?.value ?? null}
              options={whoseFilters}
              onChange={(value) => list.setFilter('whose', value)}
            />
            <FilterSelect
              label="Hidden images"
              all="Without hidden"
              value={hidden ?? null}
              options={hiddenFilters}
              onChange={(value) => list.setFilter('hidden', value)}
            />
            <TagSelect tags={tags} value={tag} onChange={(value) => list.setFilter('tag', value)} />
          </>
        }
        onOpen={(row) => router.push(paths.image(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Disc3} title="No images yet" action={adds}>
              An image is a disk with an operating system. Choose one of a distribution from the catalogue,
              give the address of a file, or upload one from your computer.
            </EmptyState>
            <EmptyCall
              verb="image.images.create"
              input={{ name: 'debian-12', import: { uri: 'https://example.org/debian-12.qcow2' } }}
            />
          </>
        }
      />
    </>
  )
}
