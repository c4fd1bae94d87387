import type { Readable } from 'node:stream'
import { imageStoreSettings } from '@nephos/config'
import type { ImageLocation, Prisma } from '@nephos/db'
import { NephosError } from '../../kernel/index.ts'
import type { ByteRange } from './define.ts'
import { imageStore, type StoreConfig } from './open-store.ts'

/** Reads an image with its locations. */
export const withLocations = { locations: true } satisfies Prisma.ImageInclude

/** The locations that can be read from, those of the stores that are named first first. */
export function readable(config: StoreConfig, locations: readonly ImageLocation[]): ImageLocation[] {
  const order = imageStoreSettings(config).map(({ name }) => name)
  const place = ({ store }: ImageLocation) => (order.includes(store) ? order.indexOf(store) : order.length)
  return locations.filter(({ status }) => status === 'active').sort((a, b) => place(a) - place(b))
}

/**
 * Opens the bytes of an image in the first of its stores that answers.
 * @throws what the last store said when none of them does
 */
export async function openAnywhere(
  config: StoreConfig,
  locations: readonly ImageLocation[],
  range?: ByteRange,
): Promise<Readable> {
  let failure: unknown = new NephosError('internal', 'No image store has the bytes of the image.')
  for (const { store, key } of readable(config, locations))
    try {
      return await imageStore(config, store).open(key, range)
    } catch (error) {
      failure = error
    }
  throw failure
}
