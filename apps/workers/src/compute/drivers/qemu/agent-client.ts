import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { connectUnix } from './unix-socket.ts'

const answer = z.union([
  z.object({ return: z.unknown() }),
  z.object({ error: z.object({ desc: z.string() }) }),
])
const longestAnswer = 1024 * 1024
const silent = () =>
  new NephosError('unavailable', 'The agent in the guest does not answer.', {
    remedy: 'Wait until the guest has booted, and see that its agent runs.',
  })

/**
 * Talks to the agent in a guest over its virtio-serial channel: one conversation, begun in step with the agent
 * whatever an earlier one left in the channel.
 * @param timeoutMs for the whole conversation
 * @throws NephosError unavailable when it does not answer; driver_failed with its words when it refuses
 */
export async function withAgent<Result>(
  path: string,
  timeoutMs: number,
  talk: (execute: (command: string, args?: object) => Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  const socket = await connectUnix(path, 1_000).catch(() => {
    throw new NephosError('unavailable', 'The machine has no channel to an agent now.', {
      remedy: 'Start or reboot the instance: machines get the channel at their start.',
    })
  })
  const lines = new AgentLines(socket, performance.now() + timeoutMs)
  try {
    const id = randomInt(1, 2 ** 31)
    socket.write(`${JSON.stringify({ execute: 'guest-sync', arguments: { id } })}\n`)
    // What comes before our own number is the answer to somebody who has gone.
    for (;;) {
      const reply = await lines.next()
      if (reply && 'return' in reply && reply.return === id) break
    }
    return await talk(async (command, args) => {
      socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }) })}\n`)
      const reply = await lines.next()
      if (!reply) throw new NephosError('driver_failed', `The agent in the guest cannot answer ${command}.`)
      if ('error' in reply)
        throw new NephosError(
          'driver_failed',
          `The agent in the guest refused ${command}: ${reply.error.desc}`,
        )
      return reply.return
    })
  } finally {
    socket.destroy()
  }
}

/** Answers of the agent, one a line. */
class AgentLines {
  readonly #deadline: number
  readonly #lines: string[] = []
  #rest = ''
  #ended = false
  #wake: () => void = () => {}

  constructor(socket: Socket, deadline: number) {
    this.#deadline = deadline
    socket.on('data', (piece: Buffer) => {
      // 0xff marks the begin of an answer for agents that are asked for it.
      const parts = (this.#rest + piece.toString('latin1').replaceAll('\xff', '')).split('\n')
      this.#rest = parts.pop() ?? ''
      this.#lines.push(...parts.filter((line) => line.trim() !== ''))
      if (this.#rest.length > longestAnswer) socket.destroy()
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  /** The next answer; null for a line that is none. @throws NephosError unavailable */
  async next(): Promise<z.output<typeof answer> | null> {
    while (this.#lines.length === 0) {
      const left = this.#deadline - performance.now()
      if (left <= 0 || this.#ended) throw silent()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    try {
      const text = Buffer.from(this.#lines.shift()!, 'latin1').toString('utf8')
      return answer.safeParse(JSON.parse(text)).data ?? null
    } catch {
      return null
    }
  }
}
