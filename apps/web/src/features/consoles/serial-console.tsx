'use client'
import '@xterm/xterm/css/xterm.css'
import type { Terminal } from '@xterm/xterm'
import { Copy, Eraser } from 'lucide-react'
import { useTheme } from 'next-themes'
import { useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { InstanceDetail } from '#features/instances/row.ts'
import { useSession } from '#features/session/use-session.ts'
import { Button } from '#ui/button.tsx'
import { ConnectionLine } from './connection-line.tsx'
import { ConsoleFrame, type ConsolePlace } from './console-frame.tsx'
import { isLeaveKey } from './keys.ts'
import { PasteButton } from './paste-dialog.tsx'
import { terminalTheme } from './terminal-theme.ts'
import { useConsole } from './use-console.ts'

const encoder = new TextEncoder()
/** A connection that shows nothing for this long works all the same: the guest has nothing to say. */
const quietMs = 1_000
/** A paste goes in parts, each well below what one message may have. */
const partBytes = 16_384

/** The serial port of an instance as a terminal. Everybody who looks sees and types the same. */
export function SerialConsole({ instance, place }: { instance: InstanceDetail; place: ConsolePlace }) {
  const box = useRef<HTMLDivElement>(null)
  const [terminal, setTerminal] = useState<Terminal | null>(null)
  const socket = useRef<WebSocket | null>(null)
  const { cloud } = useSession()
  const dark = useTheme().resolvedTheme !== 'light'

  useEffect(() => {
    let ended = false
    let dispose: () => void = () => undefined
    void Promise.all([import('@xterm/xterm'), import('@xterm/addon-fit')]).then(([xterm, fit]) => {
      if (ended || !box.current) return
      const made = makeTerminal(xterm.Terminal, cloud.simulated)
      const fitted = new fit.FitAddon()
      made.loadAddon(fitted)
      made.open(box.current)
      fitted.fit()
      const watch = new ResizeObserver(() => fitted.fit())
      watch.observe(box.current)
      dispose = () => {
        watch.disconnect()
        made.dispose()
      }
      setTerminal(made)
    })
    return () => {
      ended = true
      dispose()
      setTerminal(null)
    }
  }, [cloud.simulated])
  useEffect(() => {
    if (terminal) terminal.options.theme = terminalTheme(dark)
  }, [terminal, dark])

  const send = (text: string) => {
    const open = socket.current
    if (open?.readyState !== WebSocket.OPEN) return
    const bytes = encoder.encode(text)
    for (let at = 0; at < bytes.length; at += partBytes) open.send(bytes.subarray(at, at + partBytes))
  }
  const { state, reconnect } = useConsole(instance, 'serial', terminal !== null, {
    onSocket: (made, connected) => {
      socket.current = made
      let first = true
      made.addEventListener('open', () => setTimeout(connected, quietMs))
      made.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
        // Each connection begins with the recent output: what was kept of the last one makes room for it.
        if (first) terminal?.reset()
        first = false
        connected()
        terminal?.write(new Uint8Array(data))
      })
    },
    onClosing: () => {
      socket.current = null
    },
  })
  useEffect(() => {
    const typing = terminal?.onData((text) => {
      const open = socket.current
      if (open?.readyState === WebSocket.OPEN) open.send(encoder.encode(text))
    })
    return () => typing?.dispose()
  }, [terminal])

  const copy = async () => {
    if (!terminal) return
    const selected = terminal.hasSelection()
    try {
      await navigator.clipboard.writeText(selected ? terminal.getSelection() : allText(terminal))
      toast(selected ? 'Copied the selection' : 'Copied everything that is shown')
    } catch {
      toast.error('The browser does not allow copying here.')
    }
  }
  const notConnected = state.phase === 'connected' ? null : 'The console is not connected.'
  return (
    <ConsoleFrame
      instanceId={instance.id}
      view="serial"
      name={`Serial console of ${instance.name}`}
      place={place}
      connection={<ConnectionLine state={state} onReconnect={reconnect} />}
      tools={
        <>
          <PasteButton
            reason={notConnected}
            note="It is sent as it is; each line end is one Enter."
            onPaste={(text) => {
              send(text.replace(/\r\n?|\n/g, '\r'))
              terminal?.focus()
            }}
          />
          <Button size="sm" onClick={() => void copy()}>
            <Copy aria-hidden="true" /> Copy
          </Button>
          <Button size="sm" onClick={() => terminal?.clear()}>
            <Eraser aria-hidden="true" /> Clear
          </Button>
        </>
      }
    >
      <div
        className="absolute inset-0 p-2"
        style={{ background: terminalTheme(dark).background }}
        data-connection={state.phase}
      >
        <div ref={box} className="size-full" />
      </div>
    </ConsoleFrame>
  )
}

function makeTerminal(Made: typeof Terminal, simulated: boolean): Terminal {
  const mono = getComputedStyle(document.body).getPropertyValue('--font-geist-mono')
  const terminal = new Made({
    fontFamily: [mono, 'ui-monospace', 'monospace'].filter(Boolean).join(', '),
    fontSize: 13,
    scrollback: 5_000,
    cursorBlink: true,
    // Guests end lines with both characters; the log of a simulated machine does not.
    convertEol: simulated,
  })
  terminal.attachCustomKeyEventHandler((event) => !isLeaveKey(event))
  return terminal
}

function allText(terminal: Terminal): string {
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, index) =>
    active.getLine(index)?.translateToString(true),
  )
  return lines.join('\n').trimEnd()
}
