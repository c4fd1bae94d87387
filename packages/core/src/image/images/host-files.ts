import { conflict, type Services } from '../../kernel/index.ts'
import { locationOf } from '../store/define.ts'
import { imageStore } from '../store/open-store.ts'

/**
 * Keeps what a host on another machine sends: the file of an image that is being made of an instance.
 * @returns bytes kept @throws NephosError conflict when there is such a file already
 */
export async function putFileForHost(
  { config }: Pick<Services, 'config'>,
  key: string,
  body: AsyncIterable<Uint8Array>,
): Promise<number> {
  const store = imageStore(config)
  if ((await store.size(key)) !== null) throw conflict('There is a file of that name already.')
  return store.put(key, body)
}

/** Removes a file that a host gives up. @throws NephosError conflict when an image is made of it */
export async function deleteFileForHost(
  { config, db }: Pick<Services, 'config' | 'db'>,
  key: string,
): Promise<void> {
  const store = imageStore(config)
  const used = await db.image.count({
    where: { location: locationOf(store, key), status: { in: ['active', 'deactivated'] } },
  })
  if (used > 0) throw conflict('An image is made of this file: delete the image.')
  await store.delete(key)
}
