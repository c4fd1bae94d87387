import { chmod, chown, mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { dirname } from 'node:path'
import { NephosError } from '@nephos/core/errors'

/** Longest path that the kernel takes for a socket. */
const longestPath = 107

/**
 * Lets the service listen on a unix socket, in place of what a former process left there. Only root and the group may
 * connect: whoever can, can say to be any guest.
 * @param gid group of the proxies; null when they run as this process's user
 * @throws NephosError driver_failed when the path is too long for a socket
 */
export async function listenOnSocket(server: Server, path: string, gid: number | null): Promise<void> {
  if (Buffer.byteLength(path) > longestPath)
    throw new NephosError('driver_failed', `The path of a socket has at most ${longestPath} bytes: ${path}`, {
      field: 'home',
      remedy: 'Choose a shorter NEPHOS_HOME.',
    })
  await mkdir(dirname(path), { recursive: true, mode: 0o711 })
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
  if (gid !== null) await chown(path, 0, gid)
  await chmod(path, 0o660)
}
