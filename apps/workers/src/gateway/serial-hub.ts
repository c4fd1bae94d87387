import type { Duplex } from 'node:stream'
import { consoleCloses } from '@nephos/core'
import type { ChannelEnd } from '@nephos/jobs'
import type { ComputeDriver } from '../compute/driver.ts'
import { RecentOutput } from './recent-output.ts'
import { isTerminalReport } from './terminal-report.ts'
import { whyItEnded } from './why-it-ended.ts'

/** How one viewer of a serial port takes part. */
export interface SerialViewer {
  /** Sends what was written before, then whatever comes. */
  begin: () => void
  /** Types. */
  write: (bytes: Uint8Array, taken: () => void) => void
  leave: () => void
}

/** The connection stays a little: a page that is loaded anew finds it still there. */
const lingerMs = 10_000

/**
 * One connection to a serial port, which serves one client only, shared by many viewers: all see the same output, and
 * what they type is merged. It reads whether or not a viewer keeps up, because a port that is not read stops its guest.
 */
export class SerialHub {
  readonly #port: Duplex
  readonly #recent: RecentOutput
  readonly #viewers = new Set<(bytes: Uint8Array) => void>()
  readonly #listeners = new Set<(end: ChannelEnd) => void>()
  #typist: SerialViewer | undefined
  #end: ChannelEnd | undefined
  #linger: NodeJS.Timeout | undefined

  private constructor(port: Duplex, recent: RecentOutput) {
    this.#port = port
    this.#recent = recent
  }

  /** Connects, and reads what the console log has already. @throws NephosError conflict when the machine does not run */
  static async open(
    driver: Pick<ComputeDriver, 'openConsole' | 'readConsole' | 'status'>,
    instanceId: string,
    onClosed: () => void,
  ): Promise<SerialHub> {
    const port = await driver.openConsole(instanceId, 'serial')
    const recent = new RecentOutput()
    const hub = new SerialHub(port, recent)
    port.on('error', () => undefined)
    port.on('data', (bytes: Buffer) => {
      recent.add(bytes)
      for (const viewer of hub.#viewers) viewer(bytes)
    })
    port.once('close', () => {
      onClosed()
      void whyItEnded(driver, instanceId).then((end) => hub.#ended(end))
    })
    const log = await driver.readConsole(instanceId, -RecentOutput.bytes, RecentOutput.bytes)
    recent.putBefore(Buffer.from(log.text))
    return hub
  }

  /** A new viewer; nothing is sent before `begin`. */
  join(send: (bytes: Uint8Array) => void): SerialViewer {
    clearTimeout(this.#linger)
    const viewer: SerialViewer = {
      begin: () => {
        const before = this.#recent.text()
        if (before.length > 0) send(before)
        this.#viewers.add(send)
      },
      write: (bytes, taken) => {
        // Every terminal that shows a question of the guest answers it; one answer is enough.
        const answer = isTerminalReport(bytes)
        if (!answer) this.#typist = viewer
        if (!this.#port.writable || (answer && this.#typist !== viewer)) return taken()
        this.#port.write(bytes, () => taken())
      },
      leave: () => {
        this.#viewers.delete(send)
        if (this.#typist === viewer) this.#typist = undefined
        if (this.#viewers.size === 0) this.#linger = setTimeout(() => this.#port.destroy(), lingerMs).unref()
      },
    }
    return viewer
  }

  /** Calls back when the machine has closed the port; at once when it has. */
  onEnd(listener: (end: ChannelEnd) => void): void {
    if (this.#end) listener(this.#end)
    else this.#listeners.add(listener)
  }

  /** Lets go of the port. */
  close(): void {
    this.#ended({ code: consoleCloses.lost, reason: 'The compute worker of the host is being restarted.' })
    this.#port.destroy()
  }

  #ended(end: ChannelEnd): void {
    if (this.#end) return
    this.#end = end
    clearTimeout(this.#linger)
    for (const listener of this.#listeners) listener(end)
    this.#listeners.clear()
  }
}
