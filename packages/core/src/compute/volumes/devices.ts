import { conflict, invalid } from '../../kernel/errors.ts'

/** Places that disks of an instance have: /dev/vda to /dev/vdu. What comes behind is kept for the machine itself. */
export const diskPlaces = 21

/** What decides how the disks of an instance are called. */
export interface DiskNames {
  /** `sd` on a SCSI controller, else `vd`. */
  prefix: 'vd' | 'sd'
  /** Disks that the machine has by itself: its root disk unless that is a volume, ephemeral disk, swap, config drive. */
  own: number
  /** Devices of the volumes that it has. */
  taken: readonly (string | null)[]
}

const letterOf = (place: number): string => String.fromCharCode('a'.charCodeAt(0) + place)

/** `/dev/vdb` is 1; null: it is no name of a disk. */
export const placeOfDevice = (device: string | null): number | null => {
  const letter = /^\/dev\/[a-z]{2}([a-z])$/.exec(device ?? '')?.[1]
  return letter === undefined ? null : letter.charCodeAt(0) - 'a'.charCodeAt(0)
}

/** How many disks a machine has by itself. */
export const ownDisks = ({
  imageId,
  ephemeralGib,
  swapMib,
  configDrive,
}: {
  imageId: string | null
  ephemeralGib: number
  swapMib: number
  configDrive: boolean
}): number => (imageId === null ? 0 : 1) + [ephemeralGib > 0, swapMib > 0, configDrive].filter(Boolean).length

/**
 * The device of one more volume: the one that is wished for, or the first that is free. It decides the slot in the
 * machine; a guest may call the disk otherwise.
 * @param wish `/dev/vdc`, `vdc` or null
 * @throws NephosError invalid_input when the wish is no such name, conflict when it is taken or there is none left
 */
export function chooseDevice({ prefix, own, taken }: DiskNames, wish: string | null): string {
  const used = new Set(taken.map(placeOfDevice))
  // Before the volumes come the disks of the machine itself, but for a root disk that is a volume.
  const isFree = (place: number) => place >= Math.max(1, own) && place < diskPlaces && !used.has(place)
  if (wish !== null && wish !== 'auto') {
    const place = placeOfDevice(`/dev/${wish.replace(/^\/dev\//, '')}`)
    if (place === null || place >= diskPlaces)
      throw invalid(
        'device',
        `${wish} is no name of a disk of this instance.`,
        `Choose a name from /dev/${prefix}b to /dev/${prefix}${letterOf(diskPlaces - 1)}, or leave it out.`,
      )
    if (!isFree(place))
      throw conflict(`The instance has a disk at ${wish} already.`, {
        field: 'device',
        remedy: 'Choose another name, or leave it out.',
      })
    return `/dev/${prefix}${letterOf(place)}`
  }
  for (let place = 1; place < diskPlaces; place++)
    if (isFree(place)) return `/dev/${prefix}${letterOf(place)}`
  throw conflict(`The instance has no place for another disk: it has ${diskPlaces} at most.`, {
    remedy: 'Detach a volume first.',
  })
}
