import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'

/** Names of a volume's files in the directory `data`, which alone belongs to the user of the storage programs. */
export const volumeFiles = {
  disk: 'disk.qcow2',
  base: (format: 'qcow2' | 'raw') => `base.${format}`,
} as const

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whether a name is that of a volume's directory. */
export const isVolumeId = (name: string): boolean => uuid.test(name)

/**
 * Where the files of a volume are. Names of files are made of ids, so what is no id never becomes one.
 * @param sockets directory of sockets and mounted disks: short, because a socket's address is
 * @throws NephosError invalid_input
 */
export function volumePaths({ directory, sockets }: { directory: string; sockets: string }, id: string) {
  if (!isVolumeId(id))
    throw new NephosError('invalid_input', `${JSON.stringify(id).slice(0, 60)} is no id of a volume.`)
  const dir = join(directory, id)
  return {
    dir,
    /** While it is made: nobody takes it for a volume. */
    part: join(directory, `${id}.part`),
    data: join(dir, 'data'),
    /** Who is connected, for whoever serves it after us. */
    served: join(dir, 'served.json'),
    /** Which process serves it. */
    identity: join(dir, 'daemon.process'),
    log: join(dir, 'daemon.log'),
    monitor: join(sockets, `${id}.qmp`),
    nbd: join(sockets, `${id}.nbd`),
    /** The disk as a file, for servers that know nothing else. */
    mount: join(sockets, `${id}.img`),
    work: join(sockets, `${id}.work`),
  }
}
export type VolumePaths = ReturnType<typeof volumePaths>
