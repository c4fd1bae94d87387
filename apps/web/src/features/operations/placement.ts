import type { RouterOutputs } from '#trpc/client.ts'

/** One attempt to find a host, as an operation or an instance shows it. */
export type PlacementAttempt = RouterOutputs['operation']['operations']['show']['placement'][number]
/** Why an instance is where it is, or nowhere. */
export type PlacementReport = NonNullable<PlacementAttempt['report']>

/** One filter of a report, with its place in the rows of hosts. */
export type ReportFilter = PlacementReport['filters'][number] & { index: number }

const titles: Record<string, string> = {
  compute: 'Up and enabled',
  vcpus: 'vCPUs',
  ram: 'Memory (MiB)',
  disk: 'Disk (GiB)',
}
const amounts = new Set(['vcpus', 'ram', 'disk'])

/** A filter as people call it. */
export function filterTitle(filter: string): string {
  const text = titles[filter] ?? filter.replaceAll(/[-_]/g, ' ')
  return text.charAt(0) === 'v' ? text : text.charAt(0).toUpperCase() + text.slice(1)
}

/** The filters that tell hosts apart: those that a host failed, and the amounts that every placement is about. */
export const tellingFilters = (report: PlacementReport): ReportFilter[] =>
  report.filters
    .map((filter, index) => ({ ...filter, index }))
    .filter(({ filter, failed }) => failed > 0 || amounts.has(filter))

/** "1 of 3 hosts can take it." */
export function reportSummary({ hosts, fits }: PlacementReport): string {
  if (hosts === 0) return 'No host has joined the cloud yet.'
  const of = `of ${hosts} ${hosts === 1 ? 'host' : 'hosts'}`
  return fits === 0 ? `None ${of} could take it.` : `${fits} ${of} could take it.`
}

/** Whether the words of a need are an amount, so that "has 128, needs 512" says something. */
export const isAmount = (value: number | string): boolean => typeof value === 'number'
