/**
 * Why an instance is where it is, or nowhere: what every filter asked and how many hosts passed it. Kept with each
 * attempt. Of many hosts only those that came furthest have a row of their own.
 */
export interface PlacementReport {
  /** How many hosts were looked at, and how many passed every filter. */
  hosts: number
  fits: number
  filters: FilterReport[]
  /** Names of the weighers, in the order of a row's weights. */
  weighers: string[]
  /** Name of the filter that stands most in the way; null where nothing does. */
  tight: string | null
  rows: ReportRow[]
}

/** One filter over all hosts. Each host is asked by every filter, so a host can fail several. */
export interface FilterReport {
  filter: string
  /** What is short where it fails: "RAM". */
  noun: string
  need: number | string
  passed: number
  failed: number
}

/** One host against every filter. */
export interface ReportRow {
  host: string
  /** What it has of each filter's need, in the order of the filters. */
  have: (number | string)[]
  /** Of the filters that it failed: index and why. */
  failed: { filter: number; reason: string }[]
  /** Of a host that passed: what each weigher gave it, and the sum. */
  weights: number[]
  total: number | null
}

/** The report as those may see it who must not know the hosts. */
export const withoutHosts = (report: PlacementReport): PlacementReport => ({ ...report, rows: [] })

/** The stored report, or null when it is something else. */
export function storedReport(json: unknown): PlacementReport | null {
  const report = json as PlacementReport | null
  return report !== null &&
    typeof report === 'object' &&
    Array.isArray(report.filters) &&
    Array.isArray(report.rows)
    ? report
    : null
}

/** Why no host would do, for everyone: "Not enough RAM (2 of 3 hosts), not enough disk (1 of 3 hosts)". */
export function shortage({ hosts, filters }: PlacementReport): string {
  if (hosts === 0) return 'No host has joined the cloud yet'
  const text = filters
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed - a.failed)
    .map(({ noun, failed }) => `not enough ${noun} (${failed} of ${hosts} ${hosts === 1 ? 'host' : 'hosts'})`)
    .join(', ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
