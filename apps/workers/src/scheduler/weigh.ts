import { type NephosConfig, type SchedulerWeigher, schedulerWeights } from '@nephos/config'
import type { HostState } from './host-state.ts'
import type { PlacementRequest } from './request.ts'
import { weighers } from './weighers/index.ts'

/** How much each weigher counts. */
export type Multipliers = Readonly<Record<SchedulerWeigher, number>>

const settingOf = {
  ram: 'schedulerWeightRam',
  cpu: 'schedulerWeightCpu',
  disk: 'schedulerWeightDisk',
  'io-ops': 'schedulerWeightIoOps',
  'soft-affinity': 'schedulerWeightSoftAffinity',
  'soft-anti-affinity': 'schedulerWeightSoftAntiAffinity',
  'build-failures': 'schedulerWeightBuildFailures',
  'num-instances': 'schedulerWeightNumInstances',
} as const satisfies Record<SchedulerWeigher, keyof NephosConfig>

/** The multipliers that the configuration sets. */
export const multipliersOf = (config: NephosConfig): Multipliers =>
  Object.fromEntries(
    (Object.keys(schedulerWeights) as SchedulerWeigher[]).map((name) => [name, config[settingOf[name]]]),
  ) as Multipliers

/** What the weighers gave the hosts: by weigher the value of each host, and each host's sum. */
export interface Weights {
  names: string[]
  values: Float64Array[]
  totals: Float64Array
}

/** Weighs hosts against each other. */
export function weigh(
  request: PlacementRequest,
  hosts: readonly HostState[],
  multipliers: Multipliers,
): Weights {
  const weights: Weights = { names: [], values: [], totals: new Float64Array(hosts.length) }
  const overridden = hosts.some(({ aggregates }) => overridesOf(aggregates).size > 0)
  for (const { name, override, prepare } of weighers) {
    const usual = multipliers[name]
    const value = usual !== 0 || overridden ? prepare(request) : null
    if (!value) continue
    const values = normalised(hosts, value)
    let counts = usual !== 0
    for (let index = 0; index < values.length; index++) {
      const own = overridden ? overridesOf(hosts[index]!.aggregates).get(override) : undefined
      if (own !== undefined && own !== 0) counts = true
      values[index] = values[index]! * (own ?? usual)
      weights.totals[index]! += values[index]!
    }
    if (!counts) continue
    weights.names.push(name)
    weights.values.push(values)
  }
  return weights
}

/** Values over 0…1: the lowest is 0, the highest 1; all are 0 where they are equal. */
function normalised(hosts: readonly HostState[], value: (host: HostState) => number): Float64Array {
  const values = new Float64Array(hosts.length)
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let index = 0; index < hosts.length; index++) {
    const own = value(hosts[index]!)
    values[index] = own
    if (own < low) low = own
    if (own > high) high = own
  }
  const range = high - low
  for (let index = 0; index < hosts.length; index++)
    values[index] = range > 0 ? (values[index]! - low) / range : 0
  return values
}

type Aggregates = HostState['aggregates']
/** A host keeps its list of aggregates until one of them changes. */
const known = new WeakMap<Aggregates, ReadonlyMap<string, number>>()
const isMultiplier = (key: string) => key.endsWith('_weight_multiplier')

/** The multipliers that the host's aggregates name: of several the lowest, as Nova takes it. */
function overridesOf(aggregates: Aggregates): ReadonlyMap<string, number> {
  const found = known.get(aggregates)
  if (found) return found
  const lowest = new Map<string, number>()
  for (const { metadata } of aggregates)
    for (const [key, text] of Object.entries(metadata)) {
      const own = Number(text)
      if (isMultiplier(key) && Number.isFinite(own)) lowest.set(key, Math.min(own, lowest.get(key) ?? own))
    }
  known.set(aggregates, lowest)
  return lowest
}
