'use client'
import { Check, X } from 'lucide-react'
import {
  filterTitle,
  isAmount,
  type PlacementAttempt,
  type PlacementReport,
  type ReportFilter,
  reportSummary,
  tellingFilters,
} from './placement.ts'

const head = 'whitespace-nowrap px-3 py-2 font-medium'
const cell = 'px-3 py-2'

/** The attempts to find a host, the last one first: why here, or why nowhere. */
export function Placement({ attempts }: { attempts: readonly PlacementAttempt[] }) {
  const told = attempts.filter(({ report }) => report !== null).reverse()
  return (
    <div className="flex flex-col gap-4">
      {told.map((attempt) => (
        <section key={`${attempt.operationId}-${attempt.attempt}`}>
          <p className="mb-2 text-sm text-muted">
            {attempts.length > 1 && `Attempt ${attempt.attempt}: `}
            {reportSummary(attempt.report!)}
            {attempt.failure && ` The one that was chosen could not build it: ${attempt.failure}`}
          </p>
          <PlacementTable report={attempt.report!} chosenHost={attempt.chosenHost} />
        </section>
      ))}
    </div>
  )
}

/**
 * Every host against every filter, with what it has and what is needed. Who may not know the hosts sees each filter
 * over all of them.
 */
function PlacementTable({ report, chosenHost }: { report: PlacementReport; chosenHost: string | null }) {
  if (report.hosts === 0) return null
  return (
    <div className="scroll-thin overflow-x-auto rounded-lg border border-line bg-surface">
      {report.rows.length > 0 ? (
        <HostsByFilter report={report} chosenHost={chosenHost} />
      ) : (
        <FiltersOnly report={report} />
      )}
    </div>
  )
}

function HostsByFilter({ report, chosenHost }: { report: PlacementReport; chosenHost: string | null }) {
  const filters = tellingFilters(report)
  const left = report.hosts - report.rows.length
  return (
    <table className="w-full text-left text-xs" aria-label="Verdict of every filter for every host">
      <thead className="text-subtle">
        <tr className="border-b border-line">
          <th scope="col" className={head}>
            Host
          </th>
          {filters.map(({ filter }) => (
            <th key={filter} scope="col" className={head}>
              {filterTitle(filter)}
            </th>
          ))}
          <th scope="col" className={head}>
            Weight
          </th>
        </tr>
      </thead>
      <tbody>
        {report.rows.map((row) => (
          <tr key={row.host} className="border-b border-line align-top last:border-0">
            <th scope="row" className={head}>
              {row.host}
              {row.host === chosenHost && <span className="ml-1.5 font-normal text-ok-text">chosen</span>}
            </th>
            {filters.map((filter) => (
              <td key={filter.filter} className={cell}>
                <Verdict filter={filter} row={row} />
              </td>
            ))}
            <td className={cell}>
              <Weight row={row} weighers={report.weighers} />
            </td>
          </tr>
        ))}
        {left > 0 && (
          <tr>
            <td colSpan={filters.length + 2} className={`${cell} text-subtle`}>
              and {left} more that came less far
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}

type Row = PlacementReport['rows'][number]

function Verdict({ filter, row }: { filter: ReportFilter; row: Row }) {
  const have = row.have[filter.index] ?? ''
  const failed = row.failed.find((each) => each.filter === filter.index)
  const amounts = isAmount(have) && isAmount(filter.need) && (
    <p className="tabular whitespace-nowrap text-subtle">
      has {have}, needs {filter.need}
    </p>
  )
  if (!failed)
    return (
      <div>
        <span className="inline-flex items-center gap-1 text-ok-text">
          <Check className="size-3.5" aria-hidden="true" /> fits
        </span>
        {amounts}
      </div>
    )
  return (
    <div className="min-w-36 text-bad-text">
      <span className="inline-flex items-center gap-1 font-medium">
        <X className="size-3.5" aria-hidden="true" /> no
      </span>
      {amounts || <p className="text-muted">{failed.reason}</p>}
    </div>
  )
}

function Weight({ row, weighers }: { row: Row; weighers: readonly string[] }) {
  if (row.total === null) return <span className="text-subtle">none</span>
  const parts = weighers
    .map((name, index) => ({ name, weight: row.weights[index] ?? 0 }))
    .filter(({ weight }) => weight !== 0)
  return (
    <div className="tabular whitespace-nowrap">
      {row.total.toFixed(2)}
      {parts.length > 0 && (
        <p className="text-subtle">
          {parts.map(({ name, weight }) => `${filterTitle(name)} ${weight.toFixed(2)}`).join(', ')}
        </p>
      )}
    </div>
  )
}

function FiltersOnly({ report }: { report: PlacementReport }) {
  return (
    <table className="w-full text-left text-xs" aria-label="What every filter asked of the hosts">
      <thead className="text-subtle">
        <tr className="border-b border-line">
          <th scope="col" className={head}>
            Filter
          </th>
          <th scope="col" className={head}>
            Needed
          </th>
          <th scope="col" className={head}>
            Hosts that pass
          </th>
        </tr>
      </thead>
      <tbody>
        {tellingFilters(report).map(({ filter, need, passed, failed }) => (
          <tr key={filter} className="border-b border-line last:border-0">
            <th scope="row" className={head}>
              {filterTitle(filter)}
            </th>
            <td className={`${cell} tabular`}>{need}</td>
            <td className={`${cell} tabular ${failed > 0 ? 'text-bad-text' : 'text-ok-text'}`}>
              {passed} of {report.hosts}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
