import type { QemuUser } from '../../../compute/drivers/qemu/user.ts'

/** What every back end of files needs. */
export interface StorageOptions {
  /** Where its volumes are. */
  directory: string
  /** Directory of sockets and mounted disks, with a short path. */
  sockets: string
  /** Copies of images that this host has. */
  cacheDir: string
  hostName: string
  /** Of the back end. */
  name: string
  /** Whom the volumes belong to; null: this process's user. */
  user: QemuUser | null
  /** Secret of a volume's export, to serve it again after a crash; it is kept in memory only. */
  secretOf: (volumeId: string) => Promise<string | null>
  log: { warn: (detail: object, message: string) => void }
}
