'use client'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent as ReactKeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { Checkbox } from '#ui/checkbox.tsx'
import { cn } from '#ui/cn.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { isTyping } from './search-box.tsx'

/** One column of a {@link DataTable}. */
export interface Column<Row, Sort extends string = string> {
  key: string
  header: string
  cell: (row: Row) => ReactNode
  /** Set when the server can sort by it. */
  sort?: Sort
  align?: 'right'
  /** Left out on pages narrower than this. */
  from?: 'sm' | 'md' | 'lg' | 'xl'
  /** Hides the header's text from eyes, not from screen readers. */
  quietHeader?: boolean
}

const visibleFrom = {
  sm: 'hidden sm:table-cell',
  md: 'hidden md:table-cell',
  lg: 'hidden lg:table-cell',
  xl: 'hidden xl:table-cell',
}

interface Props<Row extends { id: string }, Sort extends string> {
  /** What the table lists, for screen readers: "Instances". */
  label: string
  columns: readonly Column<Row, Sort>[]
  /** Undefined while the first answer is on its way. */
  rows: readonly Row[] | undefined
  /** How a row is called, for its checkbox. */
  nameOf: (row: Row) => string
  sort?: { by: string; dir: 'asc' | 'desc' }
  onSort?: (by: Sort) => void
  /** Enter and a click on the row. */
  onOpen?: (row: Row) => void
  selected?: ReadonlySet<string>
  onSelect?: (selected: Set<string>) => void
  /** The menu at the end of each row. */
  menu?: (row: Row) => ReactNode
  /** Shown when there are no rows. */
  empty?: ReactNode
}

/** A table with one row height, sorting by the server, selection, and keys: j k to move, x to select, Enter to open. */
export function DataTable<Row extends { id: string }, Sort extends string = string>(props: Props<Row, Sort>) {
  const { label, columns, rows, nameOf, sort, onSort, onOpen, selected, onSelect, menu, empty } = props
  const body = useRef<HTMLTableSectionElement>(null)
  useRowKeys(body)

  if (rows?.length === 0 && empty) return empty
  const chosen = rows?.filter((row) => selected?.has(row.id)).length ?? 0
  const toggle = (id: string) => {
    if (!selected || !onSelect) return
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect(next)
  }
  const onKey = (event: ReactKeyboardEvent, row: Row) => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') onOpen?.(row)
    else if (event.key === 'x') toggle(row.id)
    else return
    event.preventDefault()
  }
  return (
    <div className="scroll-thin relative overflow-x-auto">
      <table className="w-full border-collapse text-sm" aria-label={label} aria-busy={!rows}>
        <thead>
          <tr className="border-b border-line text-left text-xs text-subtle">
            {onSelect && (
              <th scope="col" className="w-10 pl-4">
                <Checkbox
                  aria-label="Select all on this page"
                  checked={chosen === 0 ? false : chosen === rows?.length ? true : 'indeterminate'}
                  onCheckedChange={(all) => onSelect(new Set(all === true ? rows?.map((row) => row.id) : []))}
                />
              </th>
            )}
            {columns.map((column) => {
              const active = column.sort !== undefined && sort?.by === column.sort
              return (
                <th
                  key={column.key}
                  scope="col"
                  aria-sort={active ? (sort.dir === 'asc' ? 'ascending' : 'descending') : undefined}
                  className={cn(
                    'h-9 whitespace-nowrap px-3 font-medium first:pl-4',
                    column.align === 'right' && 'text-right',
                    column.from && visibleFrom[column.from],
                  )}
                >
                  {column.sort && onSort ? (
                    <button
                      type="button"
                      onClick={() => onSort(column.sort!)}
                      className="inline-flex items-center gap-1 rounded hover:text-fg"
                    >
                      {column.header}
                      {active &&
                        (sort.dir === 'asc' ? (
                          <ArrowUp className="size-3" aria-hidden="true" />
                        ) : (
                          <ArrowDown className="size-3" aria-hidden="true" />
                        ))}
                    </button>
                  ) : (
                    <span className={cn(column.quietHeader && 'sr-only')}>{column.header}</span>
                  )}
                </th>
              )
            })}
            {menu && (
              <th scope="col" className="sticky right-0 w-12 bg-surface">
                <span className="sr-only">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows
            ? rows.map((row) => (
                <tr
                  key={row.id}
                  tabIndex={0}
                  data-row
                  aria-selected={selected ? selected.has(row.id) : undefined}
                  onKeyDown={(event) => onKey(event, row)}
                  onClick={(event) => {
                    // Links, buttons and selected text keep their own meaning.
                    if ((event.target as HTMLElement).closest('a,button,label,input')) return
                    if (!window.getSelection()?.isCollapsed) return
                    onOpen?.(row)
                  }}
                  className={cn(
                    'h-12 border-b border-line last:border-0 focus-visible:outline-offset-[-2px]',
                    onOpen && 'cursor-pointer',
                    selected?.has(row.id) ? 'bg-accent-soft' : 'hover:bg-hover',
                  )}
                >
                  {onSelect && (
                    <td className="w-10 pl-4">
                      <Checkbox
                        aria-label={`Select ${nameOf(row)}`}
                        checked={selected?.has(row.id) ?? false}
                        onCheckedChange={() => toggle(row.id)}
                      />
                    </td>
                  )}
                  {columns.map((column) => (
                    <td
                      key={column.key}
                      className={cn(
                        'whitespace-nowrap px-3 first:pl-4 last:pr-4',
                        column.align === 'right' && 'tabular text-right',
                        column.from && visibleFrom[column.from],
                      )}
                    >
                      {column.cell(row)}
                    </td>
                  ))}
                  {menu && (
                    // It stays in sight however wide the row is.
                    <td className="sticky right-0 w-12 bg-surface pr-2 text-right">{menu(row)}</td>
                  )}
                </tr>
              ))
            : Array.from({ length: 6 }, (_, index) => (
                <tr key={index} className="h-12 border-b border-line last:border-0">
                  {onSelect && (
                    <td className="w-10 pl-4">
                      <Skeleton className="size-4" />
                    </td>
                  )}
                  {columns.map((column) => (
                    <td
                      key={column.key}
                      className={cn('px-3 first:pl-4 last:pr-4', column.from && visibleFrom[column.from])}
                    >
                      <Skeleton className="w-3/4 max-w-32" />
                    </td>
                  ))}
                  {menu && <td />}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  )
}

/** j and k move the focus from row to row, wherever on the page it is. */
function useRowKeys(body: React.RefObject<HTMLTableSectionElement | null>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.key !== 'j' && event.key !== 'k') || event.ctrlKey || event.metaKey || event.altKey) return
      if (isTyping(event.target as HTMLElement)) return
      const rows = [...(body.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
      if (rows.length === 0) return
      const at = rows.findIndex(
        (row) => row === document.activeElement || row.contains(document.activeElement),
      )
      const step = event.key === 'j' ? 1 : -1
      const next = at === -1 ? (step === 1 ? 0 : rows.length - 1) : at + step
      rows[Math.min(rows.length - 1, Math.max(0, next))]?.focus()
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [body])
}

/** The two-line cell of a name and what tells it apart. */
export function NameCell({
  children,
  below,
  narrow,
}: {
  children: ReactNode
  below?: ReactNode
  /** Among many other columns. */
  narrow?: boolean
}) {
  return (
    <div className={cn('min-w-0', narrow ? 'max-w-32 sm:max-w-52 2xl:max-w-72' : 'max-w-56 sm:max-w-72')}>
      <div className="truncate font-medium">{children}</div>
      {below && <div className="truncate text-xs text-subtle">{below}</div>}
    </div>
  )
}
