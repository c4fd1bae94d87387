import type { Readable } from 'node:stream'
import type { VolumeConnector, VolumeRoute } from '@nephos/core'

/** What a back end can do. A sentence says why something cannot be done. */
export interface VolumeAbilities {
  /** Instances of other hosts reach its volumes. */
  acrossHosts: true | string
  /** A volume that is in use grows, and its guest sees it. */
  onlineExtend: true | string
  /** A snapshot of a volume that is in use. */
  liveSnapshot: true | string
  multiAttach: true | string
}

/** Bytes of the place that volumes are kept in. */
export interface VolumeCapacity {
  totalBytes: number
  freeBytes: number
}

/** What a driver knows of a volume. */
export interface StoredVolume {
  volumeId: string
  sizeBytes: number
  /** What the driver answered when it was made; it alone reads it. */
  place: unknown
  /** Secret of its export, where the driver needs one. */
  secret: string | null
  /** Passphrase of its encryption, base64; null: none. */
  passphrase: string | null
}

/** Where the bytes of a new volume come from. */
export type VolumeSource =
  | { kind: 'blank' }
  /** A snapshot or a volume of the same back end. */
  | { kind: 'snapshot'; volume: StoredVolume; snapshotId: string; snapshotPlace: unknown }
  | { kind: 'volume'; volume: StoredVolume }
  /** Bytes of a disk in this format: an image. */
  | {
      kind: 'image'
      sha512: string
      format: 'raw' | 'qcow2'
      sizeBytes: number
      open: () => Promise<Readable>
    }
  /** The bytes of the disk itself as it is stored, in order: a volume of another back end, a backup. */
  | { kind: 'pieces'; pieces: () => AsyncIterable<DiskPiece> }

/** What goes with work that takes long. */
export interface VolumeWork {
  signal: AbortSignal
  onProgress: (doneBytes: number, totalBytes: number) => void
}

/** Some of the bytes of a disk. What is between the pieces of a disk is zero. */
export interface DiskPiece {
  offset: number
  bytes: Buffer
}

/** A run of bytes of a disk that is not all zero. */
export interface DiskExtent {
  offset: number
  length: number
}

/** The disk of a volume or snapshot, open for reading. */
export interface DiskReader {
  sizeBytes: number
  /** Runs that may hold something, in order. */
  extents(): AsyncIterable<DiskExtent>
  read(offset: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

/** The disk of a volume that nobody uses, open for writing. */
export interface DiskWriter {
  write(offset: number, bytes: Buffer): Promise<void>
  /** Makes these bytes zero without storing them. */
  zero(offset: number, length: number): Promise<void>
  /** Everything is on the disk. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * One back end of volumes on one host. Every method is idempotent: asking for what already is succeeds. Volumes and
 * their exports outlive the process; `adopt` finds them again.
 * @throws NephosError driver_failed with the tool's own words, unsupported with the reason
 */
export interface VolumeDriver {
  readonly kind: 'local' | 'iscsi' | 'nbd' | 'aoe' | 'simulated'
  readonly abilities: VolumeAbilities
  /** Starts what serves the volumes, and serves again what was served before. */
  open(): Promise<void>
  capacity(): Promise<VolumeCapacity>
  /** @returns what is to be kept as the volume's place */
  create(volume: StoredVolume, source: VolumeSource, work: VolumeWork): Promise<unknown>
  delete(volume: StoredVolume): Promise<void>
  /** @param connected who uses it now: their guests see the new size, or it is refused */
  extend(volume: StoredVolume, sizeBytes: number, connected: readonly VolumeConnector[]): Promise<void>
  /** Lets this host in; others that are in stay. */
  connect(volume: StoredVolume, connector: VolumeConnector): Promise<VolumeRoute>
  /** Shuts it out again, also what it has open. */
  disconnect(volume: StoredVolume, connector: VolumeConnector): Promise<void>
  /** As the volume is now, also while it is in use. @returns what is to be kept as the snapshot's place */
  snapshot(volume: StoredVolume, snapshotId: string): Promise<unknown>
  deleteSnapshot(volume: StoredVolume, snapshotId: string, place: unknown): Promise<void>
  /** Makes the volume what its snapshot is. @returns the volume's new place */
  revert(volume: StoredVolume, snapshotId: string, place: unknown): Promise<unknown>
  /** Of the volume, which must not be in use, or of a snapshot of it. */
  reader(volume: StoredVolume, snapshot?: { snapshotId: string; place: unknown }): Promise<DiskReader>
  writer(volume: StoredVolume): Promise<DiskWriter>
  /** Ids of the volumes that it has something of. */
  list(): Promise<string[]>
  /** Lets go without ending what is served. */
  close(): Promise<void>
}
