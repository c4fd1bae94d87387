import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { connect as dial } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import { inboxOf } from './permissions.ts'
import { awaitStreams } from './streams.ts'

/** Whether messages can be sent now, and since when that is so. */
export interface BusStatus {
  state: 'connected' | 'down'
  since: Date
}

/** One usable connection. A new object after every reconnect, so that loops notice that they must start over. */
export interface Link {
  nc: NatsConnection
  js: JetStreamClient
  jsm: JetStreamManager
}

/** The connection to NATS of one process. It never gives up. */
export interface Bus {
  readonly name: string
  status: () => BusStatus
  /** Calls back on every change of the status. @returns a function that ends it */
  onStatus: (listener: (status: BusStatus) => void) => () => void
  /** The connection when it can be used now. */
  now: () => Link | undefined
  /** The connection as soon as it can be used. Rejects when the bus is closed or the signal aborts. */
  ready: (signal?: AbortSignal) => Promise<Link>
  close: () => Promise<void>
}

/** Options of {@link connect}. */
export interface BusOptions {
  /** Shown in NATS's own monitoring: `worker compute host1`. */
  name: string
  log: Logger
}

const retryMs = 250

/** The client takes the name and password apart from the addresses; in a URL they stand before the host. */
export function serversOf(url: string): { servers: string[]; user?: string; pass?: string; token?: string } {
  const addresses = url
    .split(',')
    .map((server) => new URL(server.includes('://') ? server.trim() : `nats://${server.trim()}`))
  const servers = addresses.map(({ protocol, host }) => `${protocol}//${host}`)
  const { username, password } = addresses.find((address) => address.username) ?? {
    username: '',
    password: '',
  }
  if (!username) return { servers }
  const name = decodeURIComponent(username)
  return password ? { servers, user: name, pass: decodeURIComponent(password) } : { servers, token: name }
}

/**
 * Connects to NATS in the background and returns at once, so that a process starts and serves while NATS is down.
 * `url` may list several servers, separated by commas. Connected means: reachable, and the streams exist.
 */
export function connect(url: string, { name, log }: BusOptions): Bus {
  const servers = serversOf(url)
  const ending = new AbortController()
  const listeners = new Set<(status: BusStatus) => void>()
  let connection: NatsConnection | undefined
  let link: Link | undefined
  let status: BusStatus = { state: 'down', since: new Date() }

  const announce = (state: BusStatus['state']) => {
    if (status.state === state) return
    status = { state, since: new Date() }
    log.info({ nats: state }, state === 'connected' ? 'connected to NATS' : 'lost NATS')
    for (const listener of [...listeners]) listener(status)
  }
  const down = () => {
    link = undefined
    announce('down')
  }

  let preparing = 0
  const up = async (nc: NatsConnection) => {
    const turn = ++preparing
    const stale = () => turn !== preparing || nc.isClosed() || ending.signal.aborted
    while (!stale()) {
      try {
        const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: 5_000 })
        await awaitStreams(jsm)
        if (stale()) return
        link = { nc, jsm, js: jetstream(nc, { timeout: 5_000 }) }
        return announce('connected')
      } catch (error) {
        if (!stale()) log.warn({ err: error }, 'the streams could not be prepared')
        await sleep(retryMs, ending.signal)
      }
    }
  }

  const run = async () => {
    while (!ending.signal.aborted) {
      try {
        const nc = await dial({
          ...servers,
          ...(servers.user && { inboxPrefix: inboxOf(servers.user) }),
          name,
          timeout: 5_000,
          maxReconnectAttempts: -1,
          reconnectTimeWait: retryMs,
          reconnectJitter: 100,
          pingInterval: 15_000,
          maxPingOut: 2,
          ignoreAuthErrorAbort: true,
          // A stack for every message that is published costs more than sending it.
          noAsyncTraces: true,
        })
        connection = nc
        if (ending.signal.aborted) return await nc.close()
        void up(nc)
        for await (const event of nc.status()) {
          if (event.type === 'disconnect') {
            preparing++
            down()
          } else if (event.type === 'reconnect') void up(nc)
        }
      } catch (error) {
        log.debug({ err: error }, 'NATS cannot be reached')
      }
      down()
      await sleep(retryMs, ending.signal)
    }
  }
  const running = run()

  const ready = (signal?: AbortSignal) =>
    new Promise<Link>((resolve, reject) => {
      if (link) return resolve(link)
      const abort = AbortSignal.any(signal ? [signal, ending.signal] : [ending.signal])
      const done = () => {
        listeners.delete(check)
        abort.removeEventListener('abort', fail)
      }
      const fail = () => {
        done()
        reject(new Error('the bus is closed'))
      }
      const check = () => {
        if (!link) return
        done()
        resolve(link)
      }
      if (abort.aborted) return fail()
      listeners.add(check)
      abort.addEventListener('abort', fail)
    })

  return {
    name,
    ready,
    status: () => status,
    now: () => link,
    onStatus: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      const drainable = link
      ending.abort()
      down()
      if (drainable) await Promise.race([drainable.nc.drain().catch(() => undefined), sleep(2_000)])
      if (connection && !connection.isClosed()) await connection.close().catch(() => undefined)
      await running
    },
  }
}

/** Waits; ends early, without an error, when the signal aborts. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
