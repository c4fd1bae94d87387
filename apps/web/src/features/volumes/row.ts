import type { VolumeStatusName } from '@nephos/core/volume-states'
import type { RouterOutputs } from '#trpc/client.ts'
import { shortId } from '#ui/copy.tsx'
import { splitBytes } from '#ui/format.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One volume as lists, details and events hold it. */
export type VolumeRow = RouterOutputs['volume']['volumes']['list']['items'][number]
/** One use of a volume by an instance. */
export type VolumeAttachment = VolumeRow['attachments'][number]

const looks: Record<VolumeStatusName, { tone: StateTone; word: string }> = {
  creating: { tone: 'busy', word: 'Creating' },
  downloading: { tone: 'busy', word: 'Reading its image' },
  available: { tone: 'ok', word: 'Available' },
  reserved: { tone: 'busy', word: 'Set aside' },
  attaching: { tone: 'busy', word: 'Attaching' },
  in_use: { tone: 'ok', word: 'In use' },
  detaching: { tone: 'busy', word: 'Detaching' },
  extending: { tone: 'busy', word: 'Extending' },
  uploading: { tone: 'busy', word: 'Making an image' },
  backing_up: { tone: 'busy', word: 'Backing up' },
  restoring_backup: { tone: 'busy', word: 'Restoring a backup' },
  retyping: { tone: 'busy', word: 'Changing type' },
  reverting: { tone: 'busy', word: 'Reverting' },
  maintenance: { tone: 'busy', word: 'Moving' },
  awaiting_transfer: { tone: 'warn', word: 'Offered' },
  managing: { tone: 'busy', word: 'Being taken over' },
  deleting: { tone: 'busy', word: 'Deleting' },
  error: { tone: 'bad', word: 'Error' },
  error_deleting: { tone: 'bad', word: 'Not deleted' },
  error_extending: { tone: 'bad', word: 'Not extended' },
  error_restoring: { tone: 'bad', word: 'Not restored' },
  error_managing: { tone: 'bad', word: 'Not taken over' },
  error_backing_up: { tone: 'bad', word: 'Not backed up' },
}

/** Colour and word of a volume's status. */
export const volumeLook = ({ status }: { status: VolumeStatusName }): { tone: StateTone; word: string } =>
  looks[status]

/** Statuses to filter by. */
export const statusFilters = (
  ['available', 'in_use', 'creating', 'extending', 'awaiting_transfer', 'error', 'error_deleting'] as const
).map((value) => ({ value, label: looks[value].word }))

/** A status for a list of choices, as people and the API call it. */
export const statusChoice = (status: VolumeStatusName) => ({
  value: status,
  label: looks[status].word,
  note: status.replaceAll('_', '-'),
})

/** What people call a volume: its name, or where it has none the end of its id. */
export const volumeLabel = ({ name, id }: Pick<VolumeRow, 'name' | 'id'>): string => name || shortId(id)

const drivers: Record<string, string> = {
  local: 'on the disk of its host',
  iscsi: 'over iSCSI',
  nbd: 'over NBD',
  aoe: 'ATA over Ethernet',
  simulated: 'simulated: it holds nothing',
}

/** How instances reach a volume, in words. */
export const driverWords = (driver: string | null): string =>
  driver === null ? 'not placed yet' : (drivers[driver] ?? driver)

const bytes = (value: number) => `${splitBytes(value).join(' ')}/s`
const times = (value: number) => `${value} a second`
const limitWordsOf: [
  key: keyof NonNullable<VolumeRow['limits']>,
  what: string,
  say: (n: number) => string,
][] = [
  ['totalIops', 'operations', times],
  ['readIops', 'reads', times],
  ['writeIops', 'writes', times],
  ['totalBytes', 'altogether', bytes],
  ['readBytes', 'reading', bytes],
  ['writeBytes', 'writing', bytes],
  ['totalIopsMax', 'operations in a burst', times],
  ['readIopsMax', 'reads in a burst', times],
  ['writeIopsMax', 'writes in a burst', times],
  ['totalBytesMax', 'in a burst', bytes],
  ['readBytesMax', 'reading in a burst', bytes],
  ['writeBytesMax', 'writing in a burst', bytes],
]

/** How fast a volume may be, one sentence a limit. */
export const limitWords = (limits: VolumeRow['limits']): string[] =>
  limitWordsOf.flatMap(([key, what, say]) => {
    const value = limits?.[key]
    return value === undefined ? [] : [`${what}: ${say(value)}`]
  })

/** Whether its bytes are on their way to another back end. */
export const isMigrating = ({ migrationStatus }: Pick<VolumeRow, 'migrationStatus'>): boolean =>
  migrationStatus !== null && !['success', 'error'].includes(migrationStatus)
