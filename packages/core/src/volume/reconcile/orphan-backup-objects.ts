import { imageStores } from '../../image/store/open-store.ts'
import type { Services } from '../../kernel/index.ts'
import { backupOfKey } from '../backups/objects.ts'

/** Younger objects may belong to a backup that is just being written. */
const graceMs = 10 * 60_000
const batch = 200

/** Removes objects of backups that do not exist any more from the stores. @returns how many */
export async function removeOrphanBackupObjects(
  { db, config, log }: Pick<Services, 'db' | 'config' | 'log'>,
  { now = new Date() } = {},
): Promise<number> {
  let removed = 0
  for (const store of imageStores(config))
    try {
      let old: { key: string; backupId: string }[] = []
      const removeOrphans = async () => {
        const ids = [...new Set(old.map(({ backupId }) => backupId))]
        const backups = await db.volumeBackup.findMany({ where: { id: { in: ids } }, select: { id: true } })
        const orphans = old.filter(({ backupId }) => !backups.some(({ id }) => id === backupId))
        for (const { key } of orphans) {
          await store.delete(key)
          log.info({ key, store: store.name }, 'removed an object that no backup owns')
        }
        removed += orphans.length
        old = []
      }
      for await (const { key, modifiedAt } of store.list()) {
        const backupId = backupOfKey(key)
        if (!backupId || now.getTime() - modifiedAt.getTime() < graceMs) continue
        old.push({ key, backupId })
        if (old.length >= batch) await removeOrphans()
      }
      await removeOrphans()
    } catch (err) {
      log.warn({ err, store: store.name }, 'a store could not be looked through for backups')
    }
  return removed
}
