import { expect } from 'vitest'
import { connectUnix } from '../unix-socket.ts'

/** A shell on the serial console of the tiny guest. */
export interface GuestShell {
  /** Runs a command in the guest. @returns what it printed */
  run: (command: string, timeoutMs?: number) => Promise<string>
  close: () => void
}

/** Logs in on a serial console. */
export async function guestShell(serialSocket: string): Promise<GuestShell> {
  const socket = await connectUnix(serialSocket, 5_000)
  let heard = ''
  socket.on('data', (data) => {
    heard += data.toString()
  })
  const say = async (line: string, answer: RegExp, timeout = 30_000) => {
    heard = ''
    socket.write(`${line}\n`)
    await expect.poll(() => heard, { timeout, interval: 50 }).toMatch(answer)
  }
  await say('', /login: $/)
  await say('root', /Password: $/)
  await say('nephos', /# \S*$/)
  let count = 0
  return {
    run: async (command, timeoutMs = 30_000) => {
      count++
      // What is typed is echoed, and broken into lines anywhere: there the quotes keep the marks from being marks.
      const [begin, end] = [`begin-${count}.`, `end-${count}.`]
      await say(
        `echo "be""gin-${count}."; ${command}; echo "e""nd-${count}."`,
        new RegExp(`${end.replace('.', '\\.')}`),
        timeoutMs,
      )
      const text = heard.replaceAll('\r', '')
      return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim()
    },
    close: () => socket.destroy(),
  }
}
