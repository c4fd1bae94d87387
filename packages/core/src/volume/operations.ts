import type { JobName } from '@nephos/jobs'

/** How the work of one kind on a volume is carried, stopped and run again. */
export interface VolumeOperation {
  /** What the operation is about. */
  of: 'volume' | 'volume_snapshot' | 'volume_backup'
  /** The job that brings it to the host of the volume's back end. */
  job: JobName
  /** The job while the volume is on no back end; without one it needs a back end. */
  unplacedJob?: JobName
  /** No host is needed: any worker of the role does it. */
  anywhere?: boolean
  /** Can be stopped and taken back while it runs. */
  cancellable: boolean
  /** How people call it. */
  label: string
}

/** Every saga on a volume, a snapshot or a backup by its kind. */
export const volumeOperations = {
  'volume-create': {
    of: 'volume',
    job: 'volume.create',
    unplacedJob: 'volume.schedule',
    cancellable: true,
    label: 'Create the volume',
  },
  'volume-delete': {
    of: 'volume',
    job: 'volume.delete',
    unplacedJob: 'volume.delete-unplaced',
    cancellable: false,
    label: 'Delete the volume',
  },
  'volume-extend': { of: 'volume', job: 'volume.extend', cancellable: false, label: 'Extend the volume' },
  'volume-revert': { of: 'volume', job: 'volume.revert', cancellable: false, label: 'Revert the volume' },
  'volume-upload': {
    of: 'volume',
    job: 'volume.upload-image',
    cancellable: true,
    label: 'Make an image of the volume',
  },
  'volume-retype': {
    of: 'volume',
    job: 'volume.retype',
    cancellable: true,
    label: 'Move the volume to another back end',
  },
  'volume-snapshot': {
    of: 'volume_snapshot',
    job: 'volume.snapshot',
    cancellable: false,
    label: 'Take a snapshot',
  },
  'volume-snapshot-delete': {
    of: 'volume_snapshot',
    job: 'volume.snapshot-delete',
    cancellable: false,
    label: 'Delete the snapshot',
  },
  'volume-backup': { of: 'volume_backup', job: 'volume.backup', cancellable: true, label: 'Make a backup' },
  'volume-restore': { of: 'volume', job: 'volume.restore', cancellable: false, label: 'Restore a backup' },
  'volume-backup-delete': {
    of: 'volume_backup',
    job: 'volume.backup-delete',
    anywhere: true,
    cancellable: false,
    label: 'Delete the backup',
  },
} as const satisfies Record<`volume-${string}`, VolumeOperation>

/** Kind of the operation of a saga on a volume or a snapshot. */
export type VolumeOperationKind = keyof typeof volumeOperations

/** True for the kinds in {@link volumeOperations}. */
export const isVolumeOperation = (kind: string): kind is VolumeOperationKind =>
  Object.hasOwn(volumeOperations, kind)

/**
 * The job that carries an operation on, from where its volume is.
 * @param host that the volume's back end is on; null: it is on none
 * @returns null when such work needs a back end and there is none
 */
export function volumeJob(
  kind: VolumeOperationKind,
  host: string | null,
): { name: JobName; host?: string } | null {
  const operation: VolumeOperation = volumeOperations[kind]
  if (operation.anywhere) return { name: operation.job }
  if (host !== null) return { name: operation.job, host }
  return operation.unplacedJob ? { name: operation.unplacedJob } : null
}
