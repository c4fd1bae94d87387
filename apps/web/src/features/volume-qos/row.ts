import { limitKeys, perGibKeys } from '@nephos/core/volume-limits'
import { defineNoun } from '#features/live/nouns.ts'
import type { RouterOutputs } from '#trpc/client.ts'
import { splitBytes } from '#ui/format.ts'

/** One QoS spec as lists, details and events hold it. */
export type QosSpecRow = RouterOutputs['volume']['qosSpecs']['list']['items'][number]

/** QoS specs: lists and details patched by `volume_qos_spec` events, for administrators. */
export const volumeQosNoun = defineNoun<QosSpecRow>({
  noun: 'volume_qos_spec',
  list: ['volume', 'qosSpecs', 'list'],
  show: ['volume', 'qosSpecs', 'show'],
  // Types say the name of theirs.
  refetches: [
    ['volume', 'types', 'list'],
    ['volume', 'types', 'show'],
  ],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row) => row.name,
  matches: () => true,
  isNewer: (next, known) => next.updatedAt >= known.updatedAt,
})

/** Every limit that a QoS spec can have, in the order of lists. */
export const qosKeys: readonly string[] = [...Object.keys(limitKeys), ...Object.keys(perGibKeys)]

const subjects: Record<string, string> = {
  total_iops: 'Operations a second',
  read_iops: 'Reads a second',
  write_iops: 'Writes a second',
  total_bytes: 'Bytes a second',
  read_bytes: 'Bytes read a second',
  write_bytes: 'Bytes written a second',
}
const endings: Record<string, string> = { _max: ', in a burst', _per_gb: ', for each GiB' }

/** What a limit is called: `read_iops_sec_max` → "Reads a second, in a burst". */
export function qosKeyWords(key: string): string {
  const [, subject = '', ending = ''] = /^(.+)_sec(_max|_per_gb)?$/.exec(key) ?? []
  return subjects[subject] ? subjects[subject] + (endings[ending] ?? '') : key
}

/** A limit's value in the unit that reads best. */
export const qosValueWords = (key: string, value: string): string =>
  key.includes('bytes') ? splitBytes(Number(value)).join(' ') : value

/** The limits of a spec, in their order, as sentences. */
export const qosWords = (specs: Record<string, string>): string[] =>
  qosKeys.flatMap((key) =>
    specs[key] === undefined ? [] : [`${qosKeyWords(key)}: ${qosValueWords(key, specs[key])}`],
  )

/** Why what was entered is no limit; null: it is one. */
export function qosProblem(items: readonly { key: string; value: string }[]): string | null {
  if (items.some(({ key }) => !key)) return 'Choose what each limit is of.'
  const wrong = items.find(({ value }) => !/^[1-9]\d{0,14}$/.test(value.trim()))
  if (wrong) return `${qosKeyWords(wrong.key)}: a limit is a whole number above 0.`
  const keys = items.map(({ key }) => key)
  if (new Set(keys).size < keys.length) return 'A limit stands there twice.'
  return null
}
