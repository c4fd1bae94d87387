import type { StateTone } from '#ui/state-cell.tsx'
import type { ImageRow } from '../row.ts'
import type { ImageStoreRow } from './use-image-stores.ts'

type StoreOfImage = ImageRow['stores'][number]

const kinds: Record<ImageStoreRow['kind'], string> = {
  filesystem: 'Directory',
  s3: 'S3',
  swift: 'Swift',
}

/** What kind of place a store is, in words. */
export const kindOfStore = ({ kind, isDefault }: Pick<ImageStoreRow, 'kind' | 'isDefault'>): string =>
  isDefault ? `${kinds[kind]}, the default` : kinds[kind]

/** Colour and word of an image's state in a store. */
export const storeLooks: Record<StoreOfImage['status'], { tone: StateTone; word: string }> = {
  active: { tone: 'ok', word: 'Stored' },
  copying: { tone: 'busy', word: 'Copying' },
  deleting: { tone: 'busy', word: 'Removing' },
}

/** Stores that an image could be copied to. */
export const storesWithout = (
  stores: readonly ImageStoreRow[],
  image: Pick<ImageRow, 'stores'>,
): ImageStoreRow[] => stores.filter(({ name }) => !image.stores.some((place) => place.name === name))

/** Why an image cannot be taken out of one of its stores, as a sentence; null when it can. */
export function whyNotDrop(image: Pick<ImageRow, 'stores'>, name: string, isAdmin: boolean): string | null {
  if (!isAdmin) return 'Only administrators take images out of stores.'
  const place = image.stores.find((one) => one.name === name)
  if (place?.status === 'copying') return 'It is being copied there; cancel that operation.'
  if (place?.status !== 'active') return 'It is not there.'
  return image.stores.filter(({ status }) => status === 'active').length === 1
    ? 'It is the only store that has the image. Delete the image, or copy it to another store first.'
    : null
}
