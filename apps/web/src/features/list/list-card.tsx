'use client'
import { type ComponentType, type ReactNode, useCallback } from 'react'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Select, type SelectOption } from '#ui/select.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { Pager } from './pager.tsx'
import { SearchBox } from './search-box.tsx'
import type { ListState } from './use-list-state.ts'

interface ListQuery<Row> {
  data: { items: Row[]; nextCursor: string | null } | undefined
  error: unknown
  refetch: () => unknown
  isPlaceholderData: boolean
}

interface Props<Row extends { id: string }, Sort extends string, Filter extends string> {
  /** "Images": for the table and the words around it. */
  label: string
  icon: ComponentType<{ className?: string }>
  list: ListState<Filter, Sort>
  query: ListQuery<Row>
  columns: readonly Column<Row, Sort>[]
  nameOf: (row: Row) => string
  /** What the search looks at; without it there is no search. */
  searchLabel?: string
  /** {@link FilterSelect}s and the like. */
  filters?: ReactNode
  onOpen?: (row: Row) => void
  menu?: (row: Row) => ReactNode
  /** Shown when there is nothing at all. */
  empty: ReactNode
}

/** A list with its search, filters, table and pages, all of it in the URL, and both kinds of emptiness. */
export function ListCard<Row extends { id: string }, Sort extends string, Filter extends string>(
  props: Props<Row, Sort, Filter>,
) {
  const { label, icon, list, query, columns, nameOf, searchLabel, filters, onOpen, menu, empty } = props
  const { data, error, refetch, isPlaceholderData } = query
  const { setSearch } = list
  // The search box waits until typing pauses: its callback must stay the same meanwhile.
  const onSearch = useCallback((text: string) => setSearch(text), [])
  return (
    <Card flush>
      {(searchLabel || filters) && (
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
          {searchLabel && <SearchBox label={searchLabel} value={list.search} onChange={onSearch} />}
          {filters}
          {list.narrowed && (
            <Button size="sm" variant="ghost" onClick={list.clear}>
              Clear filters
            </Button>
          )}
        </div>
      )}
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : (
        <div className={isPlaceholderData ? 'opacity-60 transition-opacity' : undefined}>
          <DataTable<Row, Sort>
            label={label}
            columns={columns}
            rows={data?.items}
            nameOf={nameOf}
            sort={list.sort}
            onSort={list.toggleSort}
            onOpen={onOpen}
            menu={menu}
            empty={
              list.narrowed ? (
                <EmptyState
                  icon={icon}
                  title="Nothing matches"
                  action={<Button onClick={list.clear}>Clear filters</Button>}
                >
                  None of the {label.toLowerCase()} fits what you search for.
                </EmptyState>
              ) : (
                empty
              )
            }
          />
        </div>
      )}
      <Pager
        previous={list.previous}
        nextCursor={data?.nextCursor}
        onNext={list.next}
        shown={data?.items.length ?? 0}
      />
    </Card>
  )
}

const anything = 'any'

/** One filter of a list. Null is "no filter". */
export function FilterSelect({
  label,
  value,
  all,
  options,
  onChange,
}: {
  label: string
  value: string | null
  /** "All states". */
  all: string
  options: readonly SelectOption[]
  onChange: (value: string | null) => void
}) {
  return (
    <Select
      aria-label={label}
      size="sm"
      className="w-auto min-w-32"
      value={value ?? anything}
      options={[{ value: anything, label: all }, ...options]}
      onChange={(next) => onChange(next === anything ? null : next)}
    />
  )
}
