import type { Socket } from 'node:net'
import { NephosError } from '@nephos/core/errors'
import type { InstancePaths } from './instance-paths.ts'
import { connectUnix } from './unix-socket.ts'

const patienceMs = 3_000

/** Connects to the screen or the serial port of a machine. @throws NephosError conflict when nobody listens there */
export async function connectConsole(
  paths: Pick<InstancePaths, 'vnc' | 'serial'>,
  kind: 'vnc' | 'serial',
): Promise<Socket> {
  try {
    return await connectUnix(kind === 'vnc' ? paths.vnc : paths.serial, patienceMs)
  } catch (cause) {
    throw new NephosError('conflict', 'The machine of the instance does not run now.', {
      remedy: 'Open the console once it runs.',
      cause,
    })
  }
}
