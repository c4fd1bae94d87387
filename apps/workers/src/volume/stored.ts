import { type Services, sealOf, type VolumeConnector, type VolumeRecord } from '@nephos/core'
import type { StoredVolume } from './driver.ts'

/** What the sealed columns of volumes are of. */
export const sealPurposes = { key: 'volume key', secret: 'volume secret' } as const

const gib = 1024 ** 3

/** Bytes of so many GiB. */
export const bytesOf = (sizeGib: number): number => sizeGib * gib

type Stored = Pick<VolumeRecord, 'id' | 'sizeGib' | 'place' | 'sealedKey' | 'sealedSecret'>

/** A volume as its driver knows it, with its secrets opened. @throws NephosError driver_failed for a foreign seal */
export function storedVolume({ config }: Pick<Services, 'config'>, volume: Stored): StoredVolume {
  const open = (sealed: string | null, purpose: string) =>
    sealed === null ? null : sealOf(config).open(sealed, purpose)
  return {
    volumeId: volume.id,
    sizeBytes: bytesOf(volume.sizeGib),
    place: volume.place,
    secret: open(volume.sealedSecret, sealPurposes.secret),
    passphrase: open(volume.sealedKey, sealPurposes.key),
  }
}

/** Who uses a volume now, as far as the database knows: its host and its instance. */
export const connectorsOf = (volume: VolumeRecord): VolumeConnector[] =>
  volume.attachments.flatMap(({ hostName, standbyHost, instanceId }) =>
    [hostName, standbyHost].flatMap((host) =>
      host && instanceId ? [{ hostName: host, ip: null, initiator: '', instanceId }] : [],
    ),
  )
