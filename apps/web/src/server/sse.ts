/** One client of an event stream. */
export interface Stream {
  /** Sends an event. `id` is what the browser resumes from. */
  send: (event: string, data: unknown, id?: number) => void
  /** Sends an event whose data is JSON already. */
  sendJson: (event: string, json: string, id?: number) => void
  close: () => void
}

const heartbeatMs = 15_000
/** A client that reads this slowly is cut; it comes back and resumes. */
const mostWaiting = 4 * 1024 * 1024

/**
 * Answers with server-sent events. `start` is called with the stream and returns what ends it.
 * A comment and a `tick` go out every 15 s, so that proxies keep the connection and the page knows that it lives.
 */
export function eventStream(
  request: Request,
  headers: Headers,
  start: (stream: Stream) => () => void,
): Response {
  const encoder = new TextEncoder()
  let end: () => void = () => undefined
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let open = true
        let stop: (() => void) | undefined
        const write = (text: string) => {
          if (!open) return
          const bytes = encoder.encode(text)
          if ((controller.desiredSize ?? 0) < 0) return end()
          controller.enqueue(bytes)
        }
        const sendJson: Stream['sendJson'] = (event, json, id) =>
          write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`)
        const heartbeat = setInterval(() => {
          write(': heartbeat\n\n')
          sendJson('tick', JSON.stringify({ at: new Date().toISOString() }))
        }, heartbeatMs)
        end = () => {
          if (!open) return
          open = false
          clearInterval(heartbeat)
          request.signal.removeEventListener('abort', end)
          stop?.()
          try {
            controller.close()
          } catch {
            // The client was faster.
          }
        }
        request.signal.addEventListener('abort', end)
        // Browsers wait this long before they come back by themselves.
        write('retry: 1500\n\n')
        stop = start({
          send: (event, data, id) => sendJson(event, JSON.stringify(data), id),
          sendJson,
          close: end,
        })
        if (!open) stop()
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting }),
  )
  headers.set('content-type', 'text/event-stream; charset=utf-8')
  headers.set('cache-control', 'no-store, no-transform')
  // nginx would collect events before it passes them on.
  headers.set('x-accel-buffering', 'no')
  return new Response(body, { headers })
}
