/**
 * Names of the objects that backups consist of, in a store of images: nothing else there begins like this. They are
 * numbered, so that whoever knows their count can remove them all.
 */
const form = /^backup-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{8}|manifest)$/

/** What the names of all objects of a backup begin with. */
export const backupPrefix = (backupId: string): string => `backup-${backupId}-`

/** Object of that number, from 0. Stores spread their files by the end of the name. */
export const backupObjectKey = (backupId: string, index: number): string =>
  `${backupPrefix(backupId)}${index.toString(16).padStart(8, '0')}`

/** The object that says what is where. */
export const backupManifestKey = (backupId: string): string => `${backupPrefix(backupId)}manifest`

/** The backup whose object it is; null: it is none of a backup. */
export const backupOfKey = (key: string): string | null => form.exec(key)?.[1] ?? null
