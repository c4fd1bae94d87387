import {
  newHexId,
  newId,
  type Prisma,
  type Volume,
  type VolumeBackend,
  type VolumeBackup,
  type VolumeSnapshot,
  type VolumeType,
} from '@nephos/db'
import type { TestCloud } from './cloud.ts'
import { uniqueName } from './identity.ts'

/** A public type of volumes without extra specs. */
export const makeVolumeType = (
  cloud: TestCloud,
  fields: Partial<Prisma.VolumeTypeUncheckedCreateInput> = {},
): Promise<VolumeType> =>
  cloud.db.volumeType.create({ data: { id: newId(), name: uniqueName('type'), extraSpecs: {}, ...fields } })

/** A back end that is up, with 100 GiB, nothing on it, and every ability. */
export const makeVolumeBackend = (
  cloud: TestCloud,
  { hostName = uniqueName('host'), ...fields }: Partial<Prisma.VolumeBackendUncheckedCreateInput> = {},
): Promise<VolumeBackend> =>
  cloud.db.volumeBackend.create({
    data: {
      id: newId(),
      name: `${hostName}@simulated`,
      hostName,
      zone: 'nova',
      driver: 'simulated',
      totalBytes: 100n * 1024n ** 3n,
      freeBytes: 100n * 1024n ** 3n,
      abilities: { acrossHosts: true, onlineExtend: true, liveSnapshot: true, multiAttach: true },
      // Nobody reports in a test, which may take longer than a back end may be silent.
      seenAt: new Date(Date.now() + 3_600_000),
      ...fields,
    },
  })

/** An available volume of `projectId` with 1 GiB, on no back end unless one is given, without quota. */
export const makeVolume = (
  cloud: TestCloud,
  fields: { projectId: string; typeId: string } & Partial<Prisma.VolumeUncheckedCreateInput>,
): Promise<Volume> =>
  cloud.db.volume.create({
    data: {
      id: newId(),
      userId: newHexId(),
      name: uniqueName('volume'),
      sizeGib: 1,
      status: 'available',
      zone: 'nova',
      metadata: {},
      ...fields,
    },
  })

/** An available snapshot of a volume, without quota. */
export const makeVolumeSnapshot = (
  cloud: TestCloud,
  volume: Pick<Volume, 'id' | 'projectId' | 'sizeGib'>,
  fields: Partial<Prisma.VolumeSnapshotUncheckedCreateInput> = {},
): Promise<VolumeSnapshot> =>
  cloud.db.volumeSnapshot.create({
    data: {
      id: newId(),
      projectId: volume.projectId,
      userId: newHexId(),
      volumeId: volume.id,
      sizeGib: volume.sizeGib,
      status: 'available',
      metadata: {},
      ...fields,
    },
  })

/** An available full backup of a volume without any object, without quota. */
export const makeVolumeBackup = (
  cloud: TestCloud,
  volume: Pick<Volume, 'id' | 'projectId' | 'sizeGib' | 'name' | 'typeId' | 'encrypted' | 'sealedKey'>,
  fields: Partial<Prisma.VolumeBackupUncheckedCreateInput> = {},
): Promise<VolumeBackup> =>
  cloud.db.volumeBackup.create({
    data: {
      id: newId(),
      projectId: volume.projectId,
      userId: newHexId(),
      volumeId: volume.id,
      volumeName: volume.name,
      sizeGib: volume.sizeGib,
      status: 'available',
      store: 'file',
      dataAt: new Date(),
      metadata: {},
      origin: {
        typeId: volume.typeId,
        typeName: '',
        bootable: false,
        encrypted: volume.encrypted,
        sealedKey: volume.sealedKey,
        imageProperties: null,
      },
      ...fields,
    },
  })
