import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import type { NephosConfig } from '@nephos/config'
import { type Check, limited, missing, ok } from './check.ts'

/** File systems that several machines can have at once (`f_type` of statfs(2)). */
const common = new Map([
  [0x6969, 'NFS'],
  [0x00c36400, 'CephFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x0bd00bd0, 'Lustre'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x65735546, 'FUSE'],
])

/** Where the disks of instances are, and whether other machines can have them, too. */
export async function storageCheck({
  instancesDirectory: dir,
  hosts = 1,
}: Pick<NephosConfig, 'instancesDirectory' | 'hosts'>): Promise<Check> {
  const name = 'Disks of instances'
  if (!dir)
    return ok(name, 'each host has its own: they are copied when instances move (see instances_directory)')
  try {
    await access(dir, constants.W_OK | constants.X_OK)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? ok(name, `${dir}, which is made at the start`)
      : missing(
          name,
          `${dir} cannot be used: ${(error as Error).message}`,
          'mount it, and let root write there',
        )
  }
  const system = common.get((await statfs(dir)).type)
  if (system) return ok(name, `${dir} (${system}): hosts that have it move instances without copying disks`)
  if (hosts > 1) return ok(name, `${dir}: the hosts of this machine have it in common`)
  return limited(
    name,
    `${dir} is on a file system of this machine alone: disks are copied when instances move`,
    'mount NFS or a cluster file system there, on every host',
  )
}
