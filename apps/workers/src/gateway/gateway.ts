import type { Duplex } from 'node:stream'
import { consoleCloses, NephosError } from '@nephos/core'
import {
  type Bus,
  type Channel,
  type ChannelEnd,
  type ConsoleKind,
  consoleChannel,
  openChannel,
} from '@nephos/jobs'
import type { Logger } from 'pino'
import type { ComputeDriver } from '../compute/driver.ts'
import { SerialHub } from './serial-hub.ts'
import { whyItEnded } from './why-it-ended.ts'

/** What the gateway works with. */
export interface GatewayDeps {
  bus: Pick<Bus, 'now'>
  hostName: string
  driver: Pick<ComputeDriver, 'openConsole' | 'readConsole' | 'status'>
  log: Logger
}

/** A console that somebody wants to join. */
export interface ConsoleRequest {
  instanceId: string
  kind: ConsoleKind
  /** Id of the channel, made by the asker. */
  channel: string
  userId: string
}

/** Most consoles of one instance, and of one user on this host, at once. */
const mostOfInstance = 8
const mostOfUser = 16

interface Open extends ConsoleRequest {
  link?: Channel
}

/**
 * The only way to the consoles of this host's machines: it joins QEMU's unix sockets to channels. Every viewer of a
 * screen has a connection of its own; the viewers of a serial port share one.
 */
export class ConsoleGateway {
  readonly #deps: GatewayDeps
  readonly #open = new Set<Open>()
  readonly #serial = new Map<string, Promise<SerialHub>>()

  constructor(deps: GatewayDeps) {
    this.#deps = deps
  }

  /** Consoles open now. */
  get size(): number {
    return this.#open.size
  }

  /**
   * Joins a console to its channel.
   * @throws NephosError conflict when the machine does not run, unsupported when it has no such console,
   * quota_exceeded when too many are open
   */
  async join(request: ConsoleRequest): Promise<void> {
    this.#refuseTooMany(request)
    // Counted before the first wait, so that many at once do not pass together.
    const open: Open = { ...request }
    this.#open.add(open)
    try {
      await (request.kind === 'serial' ? this.#joinSerial(open) : this.#joinScreen(open))
    } catch (error) {
      this.#open.delete(open)
      throw error
    }
  }

  /** Ends every console: this worker goes, its successor serves them. */
  async close(): Promise<void> {
    const end = { code: consoleCloses.lost, reason: 'The compute worker of the host is being restarted.' }
    for (const { link } of [...this.#open]) link?.close(end)
    for (const hub of [...this.#serial.values()]) (await hub.catch(() => undefined))?.close()
  }

  async #joinScreen(open: Open): Promise<void> {
    const { driver } = this.#deps
    const screen = await driver.openConsole(open.instanceId, 'vnc')
    const link = this.#channel(open, {
      onData: (bytes, taken) => write(screen, bytes, taken),
      onDrain: () => screen.resume(),
      onEnd: () => screen.destroy(),
    })
    screen.on('data', (bytes: Buffer) => {
      if (!link.write(bytes)) screen.pause()
    })
    screen.on('error', () => undefined)
    screen.once('close', () => void whyItEnded(driver, open.instanceId).then(link.close))
  }

  async #joinSerial(open: Open): Promise<void> {
    const hub = await this.#hub(open.instanceId)
    const viewer = hub.join((bytes) => link.write(bytes))
    const link = this.#channel(open, {
      onData: viewer.write,
      // The hub never waits for a viewer: one that is too slow is cut by its channel.
      onDrain: () => undefined,
      onEnd: viewer.leave,
    })
    viewer.begin()
    hub.onEnd((end) => link.close(end))
  }

  /** The one connection to the serial port; the first viewer opens it. */
  #hub(instanceId: string): Promise<SerialHub> {
    const known = this.#serial.get(instanceId)
    if (known) return known
    const opening = SerialHub.open(this.#deps.driver, instanceId, () => {
      if (this.#serial.get(instanceId) === opening) this.#serial.delete(instanceId)
    })
    this.#serial.set(instanceId, opening)
    opening.catch(() => {
      if (this.#serial.get(instanceId) === opening) this.#serial.delete(instanceId)
    })
    return opening
  }

  #channel(
    open: Open,
    ends: {
      onData: (bytes: Uint8Array, taken: () => void) => void
      onDrain: () => void
      onEnd: (end: ChannelEnd) => void
    },
  ): Channel {
    const { bus, hostName, log } = this.#deps
    const nats = bus.now()
    if (!nats) throw new NephosError('unavailable', 'The message queue (NATS) is down.')
    const { up, down } = consoleChannel(hostName, open.channel)
    const { instanceId, kind, userId } = open
    log.info({ instanceId, kind, userId }, 'a console was opened')
    open.link = openChannel({
      nc: nats.nc,
      send: down,
      receive: up,
      onData: ends.onData,
      onDrain: ends.onDrain,
      onEnd: (end) => {
        this.#open.delete(open)
        log.info({ instanceId, kind, userId, ...end }, 'a console was closed')
        ends.onEnd(end)
      },
    })
    return open.link
  }

  #refuseTooMany({ instanceId, userId }: ConsoleRequest): void {
    const all = [...this.#open]
    const refuse = (message: string) => {
      throw new NephosError('quota_exceeded', message, { remedy: 'Close one of them first.' })
    }
    if (all.filter((other) => other.instanceId === instanceId).length >= mostOfInstance)
      refuse(`The instance has ${mostOfInstance} open consoles, which is the most it may have.`)
    if (all.filter((other) => other.userId === userId).length >= mostOfUser)
      refuse(`You have ${mostOfUser} open consoles, which is the most there may be.`)
  }
}

/** Writes to a console; `taken` is called when it has gone, or never will. */
function write(stream: Duplex, bytes: Uint8Array, taken: () => void): void {
  if (stream.writable) stream.write(bytes, () => taken())
  else taken()
}
