import { setTimeout as sleep } from 'node:timers/promises'
import { powerStateOf } from './power-state.ts'
import { isAlive, type ProcessIdentity } from './process-identity.ts'
import { QmpClient, type QmpEvent } from './qmp-client.ts'

const longestPauseMs = 2_000

/** What a machine's monitor connection tells its machine. */
export interface MonitorListener {
  onEvent: (event: QmpEvent) => void
  /** The guest had powered off before there was a connection. */
  onGuestOff: () => void
  /** The connection that was there is gone. */
  onLost: () => void
}

/** The connection to the monitor of one machine, for as long as the machine is ours. */
export class MonitorLink {
  readonly #socket: string
  readonly #listener: MonitorListener
  #qmp: QmpClient | null = null
  #connecting: Promise<boolean> | null = null
  #released = false

  /** @param socket QEMU's monitor */
  constructor(socket: string, listener: MonitorListener) {
    this.#socket = socket
    this.#listener = listener
  }

  /** The connection; null while there is none. */
  get qmp(): QmpClient | null {
    return this.#qmp
  }

  /** True when there is a connection; a second caller shares the attempt, for QEMU answers one at a time. */
  connect(timeoutMs: number): Promise<boolean> {
    this.#connecting ??= this.#tryConnect(timeoutMs).finally(() => {
      this.#connecting = null
    })
    return this.#connecting
  }

  /**
   * Connects again as long as the process lives.
   * @param wanted false when nobody wants that connection any more
   * @returns what came of it; null when it was not wanted any more, or came to be in another way
   */
  async reconnect(identity: ProcessIdentity, wanted: () => boolean): Promise<'connected' | 'died' | null> {
    for (let pause = 50; !this.#qmp; pause = Math.min(pause * 2, longestPauseMs)) {
      if (this.#released || !wanted()) return null
      if (!isAlive(identity)) return 'died'
      await sleep(pause, undefined, { ref: false })
      if (isAlive(identity) && (await this.connect(2_000))) return 'connected'
    }
    return null
  }

  /** Closes the connection; the machine may be connected to again. */
  close(): void {
    this.#qmp?.close()
    this.#qmp = null
  }

  /** Closes the connection for good. */
  release(): void {
    this.#released = true
    this.close()
  }

  async #tryConnect(timeoutMs: number): Promise<boolean> {
    if (this.#qmp) return true
    try {
      const client = await QmpClient.connect(
        this.#socket,
        { onEvent: this.#listener.onEvent, onClose: () => this.#closed() },
        timeoutMs,
      )
      if (this.#released) {
        client.close()
        return false
      }
      this.#qmp = client
      const answer = await client.execute('query-status', {}, timeoutMs)
      if (powerStateOf(answer) === 4) this.#listener.onGuestOff()
      return true
    } catch {
      return false
    }
  }

  /** Connections that never came to be, or were let go of on purpose, end too: only the current one counts. */
  #closed(): void {
    if (!this.#qmp?.closed) return
    this.#qmp = null
    this.#listener.onLost()
  }
}
