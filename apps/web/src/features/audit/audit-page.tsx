'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { RotateCw, ScrollText } from 'lucide-react'
import { useState } from 'react'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { formatClock } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { type AuditRow, dayStart, verbFilters, verbTitle } from './row.ts'

type Filter = 'verb' | 'request' | 'scope' | 'from' | 'to'

const columnsFor = (isAdmin: boolean): readonly Column<AuditRow, 'at'>[] => [
  { key: 'at', header: 'When', sort: 'at', cell: (row) => <Age at={row.at} className="text-muted" /> },
  {
    key: 'who',
    header: 'Who',
    cell: (row) => (
      <span className="block max-w-40 truncate font-medium">{row.userName || row.actorType}</span>
    ),
  },
  {
    key: 'what',
    header: 'What',
    cell: (row) => (
      <NameCell below={row.resourceName || row.resourceId}>
        <span className="font-normal">{verbTitle(row.verb)}</span>
      </NameCell>
    ),
  },
  {
    key: 'request',
    header: 'Request',
    from: 'lg',
    cell: (row) => (
      <Copyable
        value={row.requestId}
        what="request ID"
        display={shortId(row.requestId)}
        className="text-muted"
      />
    ),
  },
  ...(isAdmin
    ? [
        {
          key: 'address',
          header: 'From',
          from: 'xl' as const,
          cell: (row: AuditRow) => <span className="font-mono text-xs text-muted">{row.address || '–'}</span>,
        },
      ]
    : []),
]

/** Who did what: of the project, or, for administrators, of the whole cloud. */
export function AuditPage({ everything }: { everything?: boolean }) {
  const trpc = useTRPC()
  const { isAdmin, project } = useSession()
  const [open, setOpen] = useState<AuditRow | null>(null)
  const list = useListState<Filter, 'at'>({
    filters: ['verb', 'request', 'scope', 'from', 'to'],
    sorts: ['at'],
    defaultSort: { by: 'at', dir: 'desc' },
  })
  const { verb, request, scope } = list.filters
  const from = dayStart(list.filters.from)
  const to = dayStart(list.filters.to, true)
  const all = Boolean(everything) && isAdmin && scope !== 'project'
  const query = useQuery(
    trpc.operation.audit.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(verb && { verb }),
        ...(request && { requestId: request }),
        ...(from && { from }),
        ...(to && { to }),
        ...(all && { allProjects: true }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  return (
    <>
      <PageHeader
        title="Audit log"
        description={
          all
            ? 'Who changed what, in every project.'
            : `Who changed what in ${project?.name ?? 'this project'}.`
        }
        actions={
          <>
            <span className="tabular text-xs text-subtle" aria-live="polite">
              {query.dataUpdatedAt > 0 && `Read at ${formatClock(new Date(query.dataUpdatedAt))}`}
            </span>
            <Button loading={query.isRefetching} onClick={() => void query.refetch()}>
              <RotateCw aria-hidden="true" /> Read again
            </Button>
          </>
        }
      />
      <ListCard<AuditRow, 'at', Filter>
        label="Audit entries"
        icon={ScrollText}
        list={list}
        query={query}
        columns={columnsFor(isAdmin)}
        nameOf={(row) => verbTitle(row.verb)}
        searchLabel="Search name, user, ID or request"
        filters={
          <>
            <FilterSelect
              label="Kind"
              all="Every kind"
              value={verb}
              options={verbFilters}
              onChange={(value) => list.setFilter('verb', value)}
            />
            {everything && isAdmin && project && (
              <FilterSelect
                label="Project"
                all="Every project"
                value={scope}
                options={[{ value: 'project', label: `Only ${project.name}` }]}
                onChange={(value) => list.setFilter('scope', value)}
              />
            )}
            <Day
              label="From day"
              value={list.filters.from}
              onChange={(value) => list.setFilter('from', value)}
            />
            <Day label="To day" value={list.filters.to} onChange={(value) => list.setFilter('to', value)} />
            {request && (
              <Button size="sm" onClick={() => list.setFilter('request', null)}>
                Request {shortId(request)} ×
              </Button>
            )}
          </>
        }
        onOpen={setOpen}
        empty={
          <EmptyState icon={ScrollText} title="Nothing was changed yet">
            Every change, by people, tools and the cloud itself, is written here with the request that asked
            for it.
          </EmptyState>
        }
      />
      {open && <AuditPanel entry={open} onClose={() => setOpen(null)} />}
    </>
  )
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | null
  onChange: (value: string | null) => void
}) {
  return (
    <Input
      type="date"
      aria-label={label}
      title={label}
      value={value ?? ''}
      className="h-8 w-36"
      onChange={(event) => onChange(event.target.value || null)}
    />
  )
}
