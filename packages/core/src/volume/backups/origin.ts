import { z } from 'zod'
import type { Json } from '../../kernel/index.ts'
import type { VolumeRecord } from '../volumes/row.ts'

/** What a backup keeps of its volume beside the bytes, so that one that is restored is what it was. */
export const backupOrigin = z.object({
  typeId: z.string(),
  typeName: z.string(),
  bootable: z.boolean(),
  encrypted: z.boolean(),
  /** Sealed key of the encryption: the bytes are stored as they are on the back end. */
  sealedKey: z.string().nullable(),
  imageProperties: z.record(z.string(), z.string()).nullable(),
})
export type BackupOrigin = z.infer<typeof backupOrigin>

/** The origin of a backup that is begun now. */
export const originOf = (volume: VolumeRecord): { [key: string]: Json } => ({
  typeId: volume.typeId,
  typeName: volume.type.name,
  bootable: volume.bootable,
  encrypted: volume.encrypted,
  sealedKey: volume.sealedKey,
  imageProperties: volume.imageProperties as Record<string, string> | null,
})

/** The origin that a backup was stored with. */
export const readOrigin = (backup: { origin: unknown }): BackupOrigin => backupOrigin.parse(backup.origin)
