import { defineNoun } from '#features/live/nouns.ts'
import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One place that volumes are kept in, as lists, details and events hold it. */
export type BackendRow = RouterOutputs['volume']['backends']['list']['items'][number]

/** Back ends: lists and details patched by `volume_backend` events, for administrators. */
export const volumeBackendNoun = defineNoun<BackendRow>({
  noun: 'volume_backend',
  list: ['volume', 'backends', 'list'],
  show: ['volume', 'backends', 'show'],
  refetches: [['volume', 'zones', 'list']],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row) => row.name,
  matches: (row, input) =>
    (input.driver === undefined || input.driver === row.driver) &&
    (input.hostName === undefined || input.hostName === row.hostName),
  isNewer: (next, known) => next.updatedAt >= known.updatedAt,
})

/** How a back end is, and why it takes no new volumes where it does not. */
export function backendLook({
  up,
  trouble,
  enabled,
  disabledReason,
}: Pick<BackendRow, 'up' | 'trouble' | 'enabled' | 'disabledReason'>): {
  tone: StateTone
  word: string
  why: string | null
} {
  if (!up)
    return {
      tone: 'bad',
      word: 'Silent',
      why: 'Its worker was not heard of lately: nothing can be done to its volumes.',
    }
  if (trouble) return { tone: 'bad', word: 'In trouble', why: trouble }
  if (!enabled) return { tone: 'warn', word: 'Disabled', why: disabledReason }
  return { tone: 'ok', word: 'Works', why: null }
}

/** Kinds of back ends to filter by. */
export const driverFilters = [
  { value: 'local', label: 'local' },
  { value: 'iscsi', label: 'iSCSI' },
  { value: 'nbd', label: 'NBD' },
  { value: 'aoe', label: 'AoE' },
  { value: 'simulated', label: 'simulated' },
] as const

const abilityWords: Record<string, string> = {
  acrossHosts: 'Instances of other hosts reach its volumes',
  onlineExtend: 'Volumes grow while they are in use',
  liveSnapshot: 'Snapshots of volumes that are in use',
  multiAttach: 'Several instances at once',
}

/** What a back end can do, and why it cannot do the rest. */
export const abilitiesOf = ({
  abilities,
}: Pick<BackendRow, 'abilities'>): { id: string; label: string; why: string | null }[] =>
  Object.entries(abilityWords).map(([id, label]) => {
    const value = abilities[id]
    return { id, label, why: value === true ? null : (value ?? 'It cannot.') }
  })

/** GiB with as many digits as matter. */
export const gibText = (gib: number): string =>
  gib >= 100 ? String(Math.round(gib)) : String(Number(gib.toFixed(1)))

/** GiB that may be promised altogether: its size, less what is kept free, times how often it may be promised. */
export const promisableGib = ({
  totalGib,
  reservedPercent,
  provisioning,
}: Pick<BackendRow, 'totalGib' | 'reservedPercent' | 'provisioning'>): number =>
  totalGib * (1 - reservedPercent / 100) * provisioning
