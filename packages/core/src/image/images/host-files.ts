import { conflict, type Services } from '../../kernel/index.ts'
import { backupOfKey } from '../../volume/backups/objects.ts'
import type { Kept } from '../store/define.ts'
import { imageStore } from '../store/open-store.ts'

/**
 * Keeps what a host on another machine sends: the file of an image that is being made of an instance, or part of a
 * backup that is being made.
 * @returns where the bytes are now
 * @throws NephosError conflict when there is such a file already
 */
export async function putFileForHost(
  { config, db }: Pick<Services, 'config' | 'db'>,
  key: string,
  body: AsyncIterable<Uint8Array>,
  name?: string,
): Promise<Kept> {
  await requireOpenBackup(db, key)
  const store = imageStore(config, name)
  if ((await store.size(key)) !== null) throw conflict('There is a file of that name already.')
  return store.put(key, body)
}

/** Removes a file that a host gives up. @throws NephosError conflict when an image is made of it */
export async function deleteFileForHost(
  { config, db }: Pick<Services, 'config' | 'db'>,
  key: string,
  name?: string,
): Promise<void> {
  const store = imageStore(config, name)
  const used = await db.imageLocation.count({ where: { store: store.name, key } })
  if (used > 0) throw conflict('An image is made of this file: delete the image.')
  await requireOpenBackup(db, key, true)
  await store.delete(key)
}

/** Hosts write backups only while they are being made, and remove what is left of those alone. */
async function requireOpenBackup(db: Services['db'], key: string, removing = false): Promise<void> {
  const id = backupOfKey(key)
  if (id === null) return
  const backup = await db.volumeBackup.findUnique({ where: { id }, select: { status: true } })
  if (backup?.status === 'creating') return
  if (removing && (!backup || backup.status === 'deleting')) return
  throw conflict('This backup is not being made.')
}
