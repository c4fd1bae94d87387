import type { NatsConnection, Subscription } from '@nats-io/nats-core'
import { decodeFrame, encodeFrame, type Frame } from './frames.ts'

/** Why a channel ended. */
export interface ChannelEnd {
  /** In the numbers of WebSocket closes: 1000, or one of 4000 to 4999. */
  code: number
  /** One sentence for people. */
  reason: string
}

/** What {@link openChannel} takes. */
export interface ChannelOptions {
  nc: NatsConnection
  /** Subject that this end writes to. */
  send: string
  /** Subject that this end reads. */
  receive: string
  /** Bytes arrived. Call `taken` once they are where they belong: only then may the other end send as many more. */
  onData: (bytes: Uint8Array, taken: () => void) => void
  /** There is room again after `write` said that there was none. */
  onDrain: () => void
  /** Called once, however the channel ended; nothing comes after it. */
  onEnd: (end: ChannelEnd) => void
  /** Most bytes under way in one direction. Default 256 KiB. Both ends must agree. */
  windowBytes?: number
  /** Silence after which the other end counts as gone, in ms. Default 15 s. */
  silenceMs?: number
}

/** One end of a two-way stream of bytes over NATS. */
export interface Channel {
  /** Sends bytes; false when no more should be written until `onDrain`. What was given is sent nevertheless. */
  write: (bytes: Uint8Array) => boolean
  /** Ends the channel and tells the other end why. */
  close: (end: ChannelEnd) => void
  /** Bytes that were written and that the other end has not taken yet. */
  pending: () => number
}

/** The other end is gone, or NATS lost something between. Starting anew helps. */
export const channelLost = 4503

const frameBytes = 32_768
const defaultWindow = 262_144
const defaultSilenceMs = 15_000
/** A writer that does not wait for room is cut when this many windows wait. */
const mostWindows = 4

/**
 * Opens one end of a channel. NATS itself neither waits for slow readers nor says what it lost, so the ends do: each
 * may have a window of bytes under way, numbered, and a gap or silence ends the channel rather than corrupt it.
 */
export function openChannel(options: ChannelOptions): Channel {
  const { nc, onData, onDrain, onEnd } = options
  const windowBytes = options.windowBytes ?? defaultWindow
  const silenceMs = options.silenceMs ?? defaultSilenceMs
  let queue: Uint8Array[] = []
  let queued = 0
  let sentBytes = 0
  let sentFrames = 0
  let takenByOther = 0
  let receivedFrames = 0
  let taken = 0
  let credited = 0
  let heardAt = Date.now()
  let full = false
  let ended = false

  const publish = (frame: Frame) => {
    if (!nc.isClosed()) nc.publish(options.send, encodeFrame(frame))
  }
  const credit = () => {
    credited = taken
    publish({ kind: 'credit', taken, sent: sentFrames })
  }
  const finish = (end: ChannelEnd, tell: boolean) => {
    if (ended) return
    ended = true
    clearInterval(pulse)
    if (tell) publish({ kind: 'close', ...end })
    subscription.unsubscribe()
    queue = []
    onEnd(end)
  }
  const lost = () =>
    finish({ code: channelLost, reason: 'The connection inside the cloud was interrupted.' }, true)

  const flush = () => {
    while (queue.length > 0 && sentBytes - takenByOther < windowBytes) {
      const bytes = queue.shift()!
      queued -= bytes.length
      sentBytes += bytes.length
      publish({ kind: 'data', seq: sentFrames++, bytes })
    }
    if (full && queue.length === 0 && sentBytes - takenByOther < windowBytes) {
      full = false
      onDrain()
    }
  }

  const take = (frame: Frame | null) => {
    if (ended || !frame) return
    heardAt = Date.now()
    if (frame.kind === 'close') return finish({ code: frame.code, reason: frame.reason }, false)
    if (frame.kind === 'credit') {
      if (frame.sent !== receivedFrames >>> 0) return lost()
      takenByOther = Math.max(takenByOther, frame.taken)
      return flush()
    }
    if (frame.seq !== receivedFrames >>> 0) return lost()
    receivedFrames++
    const { length } = frame.bytes
    onData(frame.bytes, () => {
      taken += length
      if (!ended && taken - credited >= windowBytes / 4) credit()
    })
  }

  const subscription: Subscription = nc.subscribe(options.receive, {
    callback: (error, message) => (error ? lost() : take(decodeFrame(message.data))),
  })
  const pulse = setInterval(() => {
    if (Date.now() - heardAt > silenceMs) lost()
    else credit()
  }, silenceMs / 3)
  pulse.unref()

  return {
    pending: () => queued + sentBytes - takenByOther,
    close: (end) => finish(end, true),
    write: (bytes) => {
      if (ended) return true
      for (let at = 0; at < bytes.length; at += frameBytes) queue.push(bytes.subarray(at, at + frameBytes))
      queued += bytes.length
      if (queued > windowBytes * mostWindows) {
        finish({ code: 4413, reason: 'More was sent than the other side could take.' }, true)
        return false
      }
      flush()
      full = queue.length > 0 || sentBytes - takenByOther >= windowBytes
      return !full
    },
  }
}
