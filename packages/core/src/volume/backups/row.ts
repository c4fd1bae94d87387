import type { Prisma, Tx } from '@nephos/db'
import { type Ctx, type Json, type MutationTx, notFound, reader } from '../../kernel/index.ts'
import type { BackupStatusName } from '../states.ts'
import { visibleToProject } from '../volumes/find.ts'
import { readOrigin } from './origin.ts'

/** A backup of a volume as lists, `show` and events have it. */
export interface VolumeBackupRow {
  id: string
  projectId: string
  userId: string
  /** The volume that it is of, which may be gone. */
  volumeId: string
  /** Name of the volume as it was. */
  volumeName: string
  /** The snapshot that it was made from; null: from the volume itself. */
  snapshotId: string | null
  name: string
  description: string
  /** Size of the volume as it was. */
  sizeGib: number
  status: BackupStatusName
  /** The backup whose parts it uses; null: it is a full one. */
  parentId: string | null
  incremental: boolean
  /** Backups that use parts of this one: it cannot be deleted before them. */
  childCount: number
  /** Name of the store that it is in. */
  store: string
  /** What the names of its objects in the store begin with. */
  container: string
  objectCount: number
  /** Bytes that it takes in the store, without those of its parents. */
  storedBytes: number
  /** SHA-256 over the digests of all its pieces. */
  checksum: string | null
  metadata: Record<string, string>
  bootable: boolean
  encrypted: boolean
  /** Name of the volume's type as it was. */
  typeName: string
  failure: string | null
  /** When the volume was as the backup has it. */
  dataAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** What is read with a backup to make its row. */
export const backupParts = {
  _count: { select: { children: true } },
} as const satisfies Prisma.VolumeBackupInclude

/** A backup with {@link backupParts}. */
export type BackupRecord = Prisma.VolumeBackupGetPayload<{ include: typeof backupParts }>

/** The row of a backup. */
export function backupRow(backup: BackupRecord): VolumeBackupRow {
  const { _count, origin: _origin, generation: _generation, ...columns } = backup
  const { bootable, encrypted, typeName } = readOrigin(backup)
  return {
    ...columns,
    incremental: columns.parentId !== null,
    childCount: _count.children,
    storedBytes: Number(columns.storedBytes),
    metadata: columns.metadata as Record<string, string>,
    bootable,
    encrypted,
    typeName,
  }
}

/** Announces a backup to its project. */
export const backupChanged = (
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  backup: BackupRecord,
): void =>
  tx.event({
    noun: 'volume_backup',
    change,
    id: backup.id,
    audience: { kind: 'project', projectId: backup.projectId },
    data: change === 'deleted' ? null : (JSON.parse(JSON.stringify(backupRow(backup))) as Json),
  })

/** Reads a backup with all that its row needs; null: it is gone. */
export const readBackup = (db: Tx, id: string): Promise<BackupRecord | null> =>
  db.volumeBackup.findUnique({ where: { id }, include: backupParts })

/** @throws NephosError not_found when there is none that the actor can see */
export async function findBackup(ctx: Ctx, id: string, db = reader(ctx)): Promise<BackupRecord> {
  const where = { id, ...visibleToProject(ctx) }
  const backup = await db.volumeBackup.findFirst({ where, include: backupParts })
  if (!backup) throw notFound('backup', id)
  return backup
}
