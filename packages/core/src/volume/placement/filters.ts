import { isTrue } from '../types/extra-specs.ts'
import { type BackendState, isUp, lacks, roomOf } from './backend-state.ts'

/** What a volume asks of its back end. */
export interface VolumeNeeds {
  sizeGib: number
  specs: Record<string, string>
  zone: string | null
  /** Host that has the bytes it is made from; null: any will do. */
  sourceHost: string | null
  /** Back end that has them: others copy all of it. */
  sourceBackendId: string | null
  /** Hosts on which the volumes of its hints are. */
  sameHost: readonly string[]
  differentHost: readonly string[]
  /** Back end that it is to leave. */
  notBackendId?: string
}

/** Why a back end does not do, in the words of one filter. */
export interface BackendVerdict {
  backend: string
  filter: string
  need: string
  have: string
}

type Judge = (
  backend: BackendState,
  needs: VolumeNeeds,
  downTime: number,
) => { need: string; have: string } | null

const abilities: Record<string, string> = {
  multiattach: 'multiAttach',
  across_hosts: 'acrossHosts',
  online_extend: 'onlineExtend',
  live_snapshot: 'liveSnapshot',
}
const gibs = (value: number) => `${Math.floor(value * 10) / 10} GiB`

/** Every filter by name, in the order in which they are asked. */
export const backendFilters: Record<string, Judge> = {
  state: (backend, _needs, downTime) => {
    if (!backend.enabled)
      return { need: 'enabled', have: `disabled: ${backend.disabledReason ?? 'by an administrator'}` }
    if (!isUp(backend, downTime)) return { need: 'up', have: 'its volume worker is silent' }
    return backend.trouble === null ? null : { need: 'working', have: backend.trouble }
  },
  zone: ({ zone }, needs) =>
    needs.zone === null || needs.zone === zone ? null : { need: needs.zone, have: zone },
  'type-zones': ({ zone }, { specs }) => {
    const zones = specs['RESKEY:availability_zones']?.split(',').map((word) => word.trim())
    return !zones || zones.includes(zone) ? null : { need: zones.join(' or '), have: zone }
  },
  'back-end': (backend, { specs }) => {
    const wanted = specs.volume_backend_name
    if (!wanted || [backend.name, backend.driver, backend.name.split('@')[1]].includes(wanted)) return null
    return { need: wanted, have: backend.name }
  },
  abilities: (backend, { specs }) => {
    for (const [key, ability] of Object.entries(abilities)) {
      const why = isTrue(specs[key]) && lacks(backend, ability)
      if (why) return { need: key, have: why }
    }
    return null
  },
  source: ({ hostName }, { sourceHost }) =>
    sourceHost === null || sourceHost === hostName
      ? null
      : { need: `host ${sourceHost}, which has its source`, have: hostName },
  'same-host': ({ hostName }, { sameHost }) =>
    sameHost.length === 0 || sameHost.includes(hostName)
      ? null
      : { need: sameHost.join(' or '), have: hostName },
  'different-host': ({ hostName }, { differentHost }) =>
    differentHost.includes(hostName) ? { need: `not ${hostName}`, have: hostName } : null,
  other: ({ id, name }, { notBackendId }) =>
    id === notBackendId ? { need: 'another back end', have: name } : null,
  capacity: (backend, { sizeGib }) => {
    const { availableGib } = roomOf(backend)
    return availableGib >= sizeGib ? null : { need: gibs(sizeGib), have: gibs(availableGib) }
  },
}

/** What came of a choice. */
export interface BackendChoice {
  /** Those that do, the best first. */
  fits: BackendState[]
  /** Why each of the others does not. */
  verdicts: BackendVerdict[]
}

/**
 * Judges all back ends and puts those that do in order: where the source is; among several hosts those that all of
 * them reach, on a single one its own disk; then the most room, then the fewest volumes.
 * @param downTime seconds of silence until a back end counts as down
 */
export function chooseBackends(
  backends: readonly BackendState[],
  needs: VolumeNeeds,
  downTime: number,
): BackendChoice {
  const verdicts: BackendVerdict[] = []
  const fits = backends.filter((backend) => {
    for (const [filter, judge] of Object.entries(backendFilters)) {
      const why = judge(backend, needs, downTime)
      if (!why) continue
      verdicts.push({ backend: backend.name, filter, ...why })
      return false
    }
    return true
  })
  const severalHosts = new Set(backends.map(({ hostName }) => hostName)).size > 1
  const rank = (backend: BackendState) => [
    backend.id === needs.sourceBackendId ? 0 : 1,
    (severalHosts ? lacks(backend, 'acrossHosts') === null : backend.driver === 'local') ? 0 : 1,
    -Math.floor(roomOf(backend).availableGib),
    backend.volumeCount,
  ]
  fits.sort((a, b) => {
    const [left, right] = [rank(a), rank(b)]
    const at = left.findIndex((value, index) => value !== right[index])
    return at === -1 ? (a.name < b.name ? -1 : 1) : left[at]! - right[at]!
  })
  return { fits, verdicts }
}

/** One sentence of why no back end does. */
export function whyNone({ verdicts }: BackendChoice): string {
  if (verdicts.length === 0) return 'No host of the cloud keeps volumes.'
  const words = verdicts
    .slice(0, 3)
    .map(({ backend, need, have }) => `${backend} (needed: ${need}; has: ${have})`)
  const more = verdicts.length > words.length ? ` and ${verdicts.length - words.length} more` : ''
  return `No back end can take the volume: ${words.join(', ')}${more}.`
}
