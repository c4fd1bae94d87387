import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { withAgent } from './agent-client.ts'
import { hostEnvironment } from './host-command.ts'

/** How long an agent may take to say that it is there, and a guest to write everything that it holds. */
const helloMs = 3_000
const freezeMs = 20_000
/** A guest that is still frozen after so long is let go by a process that outlives this one. */
const boundMs = 30_000
const thawTries = 5

const gone = () =>
  new NephosError('driver_failed', 'The guest let its file systems go before the copy had begun.')

/**
 * Does something while the guest's file systems stand still, with everything written to the disk: briefly, as whatever
 * in the guest wants to write waits. Afterwards they are let go, whatever happened; also when this process is killed in
 * between, then at most `bound` ms later.
 * @param socket channel to the agent in the guest
 * @param begin what is done; begun only when they are frozen
 * @throws NephosError unavailable when the agent does not answer, driver_failed when it refuses or did not hold out;
 * what `begin` throws
 */
export async function whileFrozen<Result>(
  socket: string,
  begin: () => Promise<Result>,
  { bound = boundMs, freeze = freezeMs }: { bound?: number; freeze?: number } = {},
): Promise<Result> {
  await withAgent(socket, helloMs, async (execute) => execute('guest-ping'))
  const guard = thawLater(socket, bound)
  let thawed = false
  try {
    const [result, count] = await withAgent(socket, freeze, async (execute) => {
      await execute('guest-fsfreeze-freeze')
      const done = await begin()
      const released = await execute('guest-fsfreeze-thaw')
      thawed = true
      return [done, released] as const
    })
    if (count === 0) throw gone()
    return result
  } finally {
    thawed ||= await thaw(socket)
    if (thawed) guard.kill('SIGKILL')
  }
}

/** Lets the guest's file systems go, with a few tries. @returns whether the agent said that they are free */
async function thaw(socket: string): Promise<boolean> {
  for (let tries = 0; tries < thawTries; tries++)
    try {
      await withAgent(socket, helloMs, async (execute) => execute('guest-fsfreeze-thaw'))
      return true
    } catch (error) {
      // An agent that refuses answers: what cannot freeze is not frozen.
      if (error instanceof NephosError && error.code === 'driver_failed') return true
      await sleep(500)
    }
  return false
}

/**
 * Starts a process that lets the guest go after `afterMs`, whatever has become of this one by then. It is killed when it
 * is not needed.
 */
export function thawLater(socket: string, afterMs: number): ChildProcess {
  const child = spawn(process.execPath, ['-e', guardProgram, socket, String(afterMs)], {
    detached: true,
    stdio: 'ignore',
    env: hostEnvironment(),
  })
  child.on('error', () => {})
  child.unref()
  return child
}

/** An answer ends it; without one it tries again for a minute. */
const guardProgram = `
const { connect } = require('node:net')
const [socket, after] = process.argv.slice(1)
let tries = 0
function attempt() {
  if (tries++ === 20) process.exit(1)
  const line = connect(socket, () => line.write('\\n{"execute": "guest-fsfreeze-thaw"}\\n'))
  let heard = ''
  line.setTimeout(3000, () => line.destroy())
  line.on('data', (piece) => { if (/"return"/.test(heard += piece)) process.exit(0) })
  line.on('error', () => {})
  line.on('close', () => setTimeout(attempt, 500))
}
setTimeout(attempt, Number(after))
`
