import { defineNoun } from '#features/live/nouns.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One volume that is offered to another project. */
export type TransferRow = RouterOutputs['volume']['transfers']['list']['items'][number]

/** Offers: lists patched by `volume_transfer` events; they come and go, and never change. */
export const transferNoun = defineNoun<TransferRow>({
  noun: 'volume_transfer',
  list: ['volume', 'transfers', 'list'],
  show: ['volume', 'transfers', 'show'],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof TransferRow] as string | Date,
  matches: (row, input) => input.volumeId === undefined || input.volumeId === row.volumeId,
  isNewer: () => true,
})

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i

/** What is handed to the other project: both parts on a line of their own. */
export const offerText = ({ id, authKey }: { id: string; authKey: string }): string =>
  `transfer ${id}\nkey ${authKey}\n`

/**
 * Finds transfer and key in what somebody pasted: the text of {@link offerText}, or just the two.
 * @returns null when it is something else
 */
export function readOffer(text: string): { id: string; authKey: string } | null {
  const id = uuid.exec(text)?.[0]
  const words = text
    .split(/\s+/)
    .filter((word) => word && !uuid.test(word) && !/^(transfer|key):?$/i.test(word))
  return id && words.length === 1 ? { id, authKey: words[0]! } : null
}
