import { type Channel, type ChannelEnd, consoleChannel, openChannel } from '@nephos/jobs'
import { newSecret } from '../../identity/principals/secret.ts'
import { conflict, NephosError, type OpenServices } from '../../kernel/index.ts'
import { consoleCloses, whyNoConsole } from '../states.ts'
import { consoleInstance } from './allowed.ts'
import type { ConsoleGrant } from './redeem.ts'
import { watchGrant } from './watch.ts'

/** What a face does with a console. */
export interface ConsoleClient {
  /** Bytes of the console. Call `taken` when they have left this process. */
  onData: (bytes: Uint8Array, taken: () => void) => void
  /** More may be written again. */
  onDrain: () => void
  /** Called once; nothing comes after it. `code` is one of `consoleCloses`. */
  onEnd: (end: ChannelEnd) => void
}

/** An open console. */
export interface ConsoleLink {
  /** Bytes for the console; false when no more should be written until `onDrain`. */
  write: (bytes: Uint8Array) => boolean
  close: () => void
}

/** How long a console may be open. */
export interface ConsoleLimits {
  /** Without a byte in either direction, in ms. */
  idleMs: number
  /** In any case, in ms. */
  lifetimeMs: number
  /** How often it is checked whether it may still be open, in ms; what is announced is checked at once. */
  checkMs: number
}

const defaultLimits: ConsoleLimits = { idleMs: 30 * 60_000, lifetimeMs: 12 * 3_600_000, checkMs: 10_000 }

/**
 * Joins a face to a console of a machine, through the gateway of the host that it is on, and ends it when the right
 * to it ends.
 * @throws NephosError unauthenticated, forbidden, not_found, conflict, unsupported, quota_exceeded, unavailable
 */
export async function linkConsole(
  services: OpenServices,
  grant: ConsoleGrant,
  client: ConsoleClient,
  limits: Partial<ConsoleLimits> = {},
): Promise<ConsoleLink> {
  const { instanceId, kind, userId } = grant
  const record = await consoleInstance(services, grant, instanceId)
  const why = whyNoConsole(record) ?? (record.host ? null : 'The instance is on no host.')
  if (why || !record.host) throw conflict(why ?? '')
  const link = services.queue.bus.now()
  if (!link) throw new NephosError('unavailable', 'The message queue (NATS) is down.')

  const { idleMs, lifetimeMs, checkMs } = { ...defaultLimits, ...limits }
  const id = newSecret()
  const subjects = consoleChannel(record.host.name, id)
  const openedAt = Date.now()
  let movedAt = openedAt
  let wroteAt = 0
  let checkedAt = openedAt
  let over = false
  /** The caller hears of it by the error. */
  let refused = false
  let stopWatching: () => void = () => undefined

  const channel: Channel = openChannel({
    nc: link.nc,
    send: subjects.up,
    receive: subjects.down,
    onData: (bytes, taken) => {
      movedAt = Date.now()
      client.onData(bytes, taken)
    },
    onDrain: client.onDrain,
    onEnd: (end) => {
      over = true
      stopWatching()
      if (!refused) client.onEnd(end)
    },
  })
  try {
    await services.ask(record.host.name, 'console.open', { instanceId, kind, channel: id, userId })
  } catch (error) {
    refused = true
    channel.close({ code: consoleCloses.done, reason: '' })
    throw error
  }
  if (!over)
    stopWatching = watchGrant(
      services,
      grant,
      checkMs,
      async () => {
        const now = Date.now()
        if (now - movedAt > idleMs)
          return { code: consoleCloses.idle, reason: 'Nothing happened for too long.' }
        if (now - openedAt > lifetimeMs)
          return { code: consoleCloses.idle, reason: 'It was open for as long as a console may be.' }
        const used = wroteAt > checkedAt
        checkedAt = now
        await consoleInstance(services, grant, instanceId, { used })
        return null
      },
      channel.close,
    )
  return {
    write: (bytes) => {
      movedAt = wroteAt = Date.now()
      return channel.write(bytes)
    },
    close: () => channel.close({ code: consoleCloses.done, reason: '' }),
  }
}
