import { closeSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'

/** Longest path that fits into a socket address. */
const longestPath = 107

/**
 * Connects to a unix socket, whatever the length of its path: a path that is too long is reached through its
 * directory's descriptor (Linux).
 */
export function connectUnix(path: string, timeoutMs: number): Promise<Socket> {
  const dirFd = Buffer.byteLength(path) > longestPath ? openSync(dirname(path), 'r') : null
  const reached = dirFd === null ? path : `/proc/self/fd/${dirFd}/${basename(path)}`
  return new Promise<Socket>((resolve, reject) => {
    const socket = connect(reached)
    const timer = setTimeout(
      () => socket.destroy(new Error(`no connection after ${timeoutMs} ms`)),
      timeoutMs,
    )
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  }).finally(() => {
    if (dirFd !== null) closeSync(dirFd)
  })
}
