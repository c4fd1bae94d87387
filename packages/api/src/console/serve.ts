import type { ConsoleClient, ConsoleLink } from '@nephos/core'
import type { WebSocket } from 'ws'
import { closeReason } from './close-reason.ts'

const pingMs = 20_000

/**
 * Carries bytes between a WebSocket and a console until one of them ends. Neither side is read faster than the other
 * takes: a slow browser stops the machine's screen, a guest that does not read stops the browser.
 */
export async function serveConsole(
  client: WebSocket,
  link: (client: ConsoleClient) => Promise<ConsoleLink>,
): Promise<void> {
  let alive = true
  let console: ConsoleLink | undefined
  client.on('error', () => client.terminate())
  client.on('pong', () => {
    alive = true
  })
  const pings = setInterval(() => {
    // While we do not read, its answer waits unread.
    if (client.isPaused) return
    if (!alive) return client.terminate()
    alive = false
    client.ping()
  }, pingMs)
  client.once('close', () => {
    clearInterval(pings)
    console?.close()
  })
  client.on('message', (data: Buffer) => {
    if (console && !console.write(data)) client.pause()
  })

  console = await link({
    onData: (bytes, taken) => client.send(bytes, { binary: true }, taken),
    onDrain: () => client.resume(),
    onEnd: ({ code, reason }) => {
      client.resume()
      client.close(code, closeReason(reason))
    },
  })
  // It may have gone while the console was being opened.
  if (client.readyState !== client.OPEN) console.close()
  else client.resume()
}
