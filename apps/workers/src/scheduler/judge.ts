import type { FilterReport, PlacementReport, ReportRow } from '@nephos/core'
import type { Filter, FilterContext, HostCheck } from './filters/filter.ts'
import type { HostState } from './host-state.ts'
import type { PlacementRequest } from './request.ts'
import type { Weights } from './weigh.ts'

/** Up to so many hosts, each has a row in the report. */
const fullTable = 100
/** Of more hosts, so many: those that came furthest. */
const shortTable = 10

interface Asked extends HostCheck {
  filter: Filter
  failed: number
  /** Hosts that failed this filter and no other. */
  alone: number
}

/** Every host asked by every filter. */
export class Judgement {
  readonly passed: HostState[] = []
  readonly #asked: Asked[] = []
  readonly #hosts: readonly HostState[]
  /** Number of filters that each host failed. */
  readonly #failures: Uint8Array

  constructor(
    request: PlacementRequest,
    hosts: readonly HostState[],
    context: FilterContext,
    filters: readonly Filter[],
  ) {
    this.#hosts = hosts
    this.#failures = new Uint8Array(hosts.length)
    for (const filter of filters) {
      const check = filter.prepare(request, context)
      if (check) this.#asked.push({ ...check, filter, failed: 0, alone: 0 })
    }
    for (let index = 0; index < hosts.length; index++) this.#judge(hosts[index]!, index)
  }

  #judge(host: HostState, index: number): void {
    let failures = 0
    let last: Asked | undefined
    for (const asked of this.#asked) {
      if (asked.passes(host)) continue
      asked.failed++
      failures++
      last = asked
    }
    this.#failures[index] = failures
    if (failures === 0) this.passed.push(host)
    else if (failures === 1 && last) last.alone++
  }

  /** @param chosen index among those that passed, -1 for none */
  report(weights: Weights, chosen: number): PlacementReport {
    const fits = this.passed.length
    return {
      hosts: this.#hosts.length,
      fits,
      filters: this.#asked.map(
        ({ filter: { name, noun }, need, failed }): FilterReport => ({
          filter: name,
          noun,
          need,
          passed: this.#hosts.length - failed,
          failed,
        }),
      ),
      weighers: weights.names,
      tight: this.#tight(),
      rows: [...this.#passedRows(weights, chosen), ...this.#failedRows(fits)],
    }
  }

  /** Where this filter alone gave way, most hosts would do; or else the one that most hosts fail. */
  #tight(): string | null {
    const standing = this.#asked.filter(({ failed }) => failed > 0)
    standing.sort((a, b) => b.alone - a.alone || b.failed - a.failed)
    return standing[0]?.filter.name ?? null
  }

  #passedRows({ values, totals }: Weights, chosen: number): ReportRow[] {
    const shown =
      this.#hosts.length <= fullTable
        ? [...this.passed.keys()]
        : [chosen, ...best(totals, shortTable).filter((index) => index !== chosen)]
            .filter((index) => index >= 0)
            .slice(0, shortTable)
    return shown.map((index) => ({
      ...this.#row(this.passed[index]!),
      weights: values.map((each) => rounded(each[index]!)),
      total: rounded(totals[index]!),
    }))
  }

  #failedRows(fits: number): ReportRow[] {
    const all = this.#hosts.length
    const room = all <= fullTable ? all - fits : Math.max(0, shortTable - fits)
    if (room === 0) return []
    const failed = this.#hosts.flatMap((_, index) => (this.#failures[index]! > 0 ? [index] : []))
    failed.sort((a, b) => this.#failures[a]! - this.#failures[b]!)
    return failed.slice(0, room).map((index) => ({
      ...this.#row(this.#hosts[index]!),
      failed: this.#asked.flatMap((asked, filter) =>
        asked.passes(this.#hosts[index]!) ? [] : [{ filter, reason: asked.reason(this.#hosts[index]!) }],
      ),
    }))
  }

  #row = (host: HostState): ReportRow => ({
    host: host.name,
    have: this.#asked.map(({ have }) => have(host)),
    failed: [],
    weights: [],
    total: null,
  })
}

// Without a zero below zero, which JSON does not know.
const rounded = (value: number) => Math.round(value * 1000) / 1000 + 0

/** Indexes of the highest values, the highest first, without sorting all of them. */
function best(values: Float64Array, count: number): number[] {
  const top: number[] = []
  for (let index = 0; index < values.length; index++) {
    if (top.length === count && values[index]! <= values[top.at(-1)!]!) continue
    let at = top.length
    while (at > 0 && values[index]! > values[top[at - 1]!]!) at--
    top.splice(at, 0, index)
    if (top.length > count) top.pop()
  }
  return top
}
