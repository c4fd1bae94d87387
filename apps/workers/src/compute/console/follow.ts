import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from 'pino'
import type { ComputeDriver } from '../driver.ts'

/** New text of a serial log, as it is published while somebody follows. */
export interface ConsoleChunk {
  /** Where `text` begins. */
  offset: number
  /** Where the log ends now. */
  size: number
  text: string
}

/** What a follower works with. */
export interface FollowerDeps {
  driver: Pick<ComputeDriver, 'consolePath' | 'readConsole'>
  publish: (instanceId: string, chunk: ConsoleChunk) => void
  log: Logger
  /** How long one request keeps a log followed, in ms. */
  followMs?: number
}

interface Followed {
  next: number
  until: number
  timer: NodeJS.Timeout
  watcher: FSWatcher | undefined
  reading: boolean
  again: boolean
}

const followForMs = 30_000
/** The watcher tells of changes; this also finds those it missed. */
const checkMs = 500
const settleMs = 25
const chunkBytes = 65_536

/** Publishes what is appended to serial logs, each once however many people follow it. */
export class ConsoleFollower {
  readonly #deps: FollowerDeps
  readonly #followed = new Map<string, Followed>()

  constructor(deps: FollowerDeps) {
    this.#deps = deps
  }

  /** Logs followed now. */
  get size(): number {
    return this.#followed.size
  }

  /** Follows for the next 30 seconds from `offset` on. Asked again it goes on. @returns where the log ends now */
  async follow(instanceId: string, offset: number): Promise<{ size: number }> {
    const until = Date.now() + (this.#deps.followMs ?? followForMs)
    const known = this.#followed.get(instanceId)
    const { size } = await this.#deps.driver.readConsole(instanceId, offset, 1)
    if (known) {
      known.until = until
      // Somebody is further behind: that part is published again, with its offset.
      if (offset < known.next) known.next = offset
    } else {
      const poke = () => void this.#read(instanceId)
      this.#followed.set(instanceId, {
        next: Math.min(offset, size),
        until,
        timer: setInterval(poke, checkMs),
        watcher: watchLog(this.#deps.driver.consolePath(instanceId), poke),
        reading: false,
        again: false,
      })
    }
    setTimeout(() => void this.#read(instanceId), settleMs).unref()
    return { size }
  }

  /** Follows nothing any more. */
  close(): void {
    for (const id of [...this.#followed.keys()]) this.#end(id)
  }

  async #read(instanceId: string): Promise<void> {
    const followed = this.#followed.get(instanceId)
    if (!followed) return
    if (Date.now() > followed.until) return this.#end(instanceId)
    if (followed.reading) {
      followed.again = true
      return
    }
    followed.reading = true
    try {
      do {
        followed.again = false
        const chunk = await this.#deps.driver.readConsole(instanceId, followed.next, chunkBytes)
        if (chunk.text === '') break
        followed.next = chunk.offset + Buffer.byteLength(chunk.text)
        this.#deps.publish(instanceId, chunk)
        if (followed.next < chunk.size) followed.again = true
      } while (followed.again && this.#followed.has(instanceId))
    } catch (error) {
      this.#deps.log.debug({ err: error, instanceId }, 'a console could not be read')
    } finally {
      followed.reading = false
    }
  }

  #end(instanceId: string): void {
    const followed = this.#followed.get(instanceId)
    if (!followed) return
    clearInterval(followed.timer)
    followed.watcher?.close()
    this.#followed.delete(instanceId)
  }
}

/** Watches the log's directory: the log itself may be replaced. Without a watcher the timer alone does the work. */
function watchLog(path: string, poke: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), { persistent: false }, poke)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
