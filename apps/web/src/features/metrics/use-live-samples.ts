'use client'
import { useEffect, useRef } from 'react'
import { paths } from '#paths.ts'

/** New measurements, as the stream sends them: numbers in the order of the series of a plot. */
export interface LiveSamples {
  at: number
  values: Record<string, (number | null)[]>
}

/** What is followed. */
export interface Followed {
  instances?: readonly string[]
  hosts?: readonly string[]
  only?: 'cpu'
}

const retryMs = 5_000

/**
 * Hears new measurements while the page can be seen. A page in the background lets go of its stream (a browser has six
 * connections to a server), and `onMissed` is called when it has come back, or was interrupted: read everything again.
 */
export function useLiveSamples(
  followed: Followed,
  { onSamples, onMissed }: { onSamples: (samples: LiveSamples) => void; onMissed: () => void },
): void {
  const latest = useRef({ onSamples, onMissed })
  useEffect(() => {
    latest.current = { onSamples, onMissed }
  })
  const nothing = !followed.instances?.length && !followed.hosts?.length
  const url = nothing ? null : paths.api.metrics(followed)
  useEffect(() => {
    if (!url) return
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let missed = false
    const close = () => {
      clearTimeout(timer)
      source?.close()
      source = undefined
    }
    const open = () => {
      close()
      const opened = new EventSource(url)
      source = opened
      opened.onopen = () => {
        if (missed) latest.current.onMissed()
        missed = false
      }
      opened.addEventListener('samples', (event) =>
        latest.current.onSamples(JSON.parse((event as MessageEvent<string>).data) as LiveSamples),
      )
      opened.onerror = () => {
        if (source !== opened) return
        missed = true
        close()
        timer = setTimeout(open, retryMs)
      }
    }
    const look = () => {
      if (document.visibilityState === 'visible') {
        if (!source) open()
      } else {
        missed = true
        close()
      }
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      close()
    }
  }, [url])
}
