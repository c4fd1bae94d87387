import { chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import type { QmpClient } from '../qmp-client.ts'
import type { QemuUser } from '../user.ts'
import type { VolumeCredentials } from './nodes.ts'

/** Where QEMU finds what it needs to reach a volume. */
export interface VolumePlace {
  /** The directory above the one where QEMU runs; QEMU can go through it and change nothing in it. */
  dir: string
  user: QemuUser | null
}

/**
 * Gives QEMU the key of a server. It takes it from a file only, and reads that at once: it is there for the moment.
 * @throws NephosError driver_failed
 */
export async function giveCredentials(
  qmp: Pick<QmpClient, 'execute'>,
  { id, user, key }: VolumeCredentials,
  place: VolumePlace,
): Promise<void> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(user) || !/^([0-9a-f]{2}){16,64}$/i.test(key))
    throw new NephosError('driver_failed', 'The key of the server of the volume is not well-formed.')
  const dir = join(place.dir, id)
  try {
    await rm(dir, { recursive: true, force: true })
    await mkdir(dir, { mode: 0o711 })
    await writeFile(join(dir, 'keys.psk'), `${user}:${key}\n`, { mode: 0o600 })
    if (place.user) await chown(join(dir, 'keys.psk'), place.user.uid, place.user.gid)
    await qmp.execute('object-add', {
      'qom-type': 'tls-creds-psk',
      id,
      endpoint: 'client',
      dir: `../${id}`,
      username: user,
    })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
