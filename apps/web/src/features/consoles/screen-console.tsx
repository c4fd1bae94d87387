'use client'
import type RFB from '@novnc/novnc'
import { Camera, Eye, Keyboard, Scaling } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { InstanceDetail } from '#features/instances/row.ts'
import { Button } from '#ui/button.tsx'
import { saveBlob } from '#ui/download.ts'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { ConnectionLine } from './connection-line.tsx'
import { ConsoleFrame, type ConsolePlace } from './console-frame.tsx'
import { type Key, keysOf, specialKeys, typeable } from './keys.ts'
import { PasteButton } from './paste-dialog.tsx'
import { useConsole } from './use-console.ts'

/** The keyboard of the machine holds few keys at once: a paste goes in this pace. */
const typingMs = 25
const screenBackground = '#14161b'
const pressed = 'aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text'

/** The screen, keyboard and mouse of an instance. */
export function ScreenConsole({ instance, place }: { instance: InstanceDetail; place: ConsolePlace }) {
  const box = useRef<HTMLDivElement>(null)
  const rfb = useRef<RFB | null>(null)
  const [Client, setClient] = useState<{ RFB: typeof RFB } | null>(null)
  const [scale, setScale] = useState(true)
  const [viewOnly, setViewOnly] = useState(false)
  const [typing, setTyping] = useState(false)
  /** What was last seen of a screen that is not connected now. */
  const [kept, setKept] = useState<string | null>(null)
  const settings = useRef({ scale, viewOnly })

  useEffect(() => {
    let ended = false
    void import('@novnc/novnc').then((loaded) => {
      if (!ended) setClient({ RFB: loaded.default })
    })
    return () => {
      ended = true
      rfb.current = null
    }
  }, [])
  useEffect(() => {
    settings.current = { scale, viewOnly }
    if (!rfb.current) return
    rfb.current.scaleViewport = scale
    rfb.current.clipViewport = !scale
    rfb.current.viewOnly = viewOnly
  }, [scale, viewOnly])

  const { state, reconnect } = useConsole(instance, 'vnc', Client !== null, {
    onSocket: (socket, connected) => {
      if (!Client || !box.current) return
      const made = new Client.RFB(box.current, socket, { shared: true })
      made.background = screenBackground
      made.scaleViewport = settings.current.scale
      made.clipViewport = !settings.current.scale
      made.viewOnly = settings.current.viewOnly
      made.addEventListener('connect', () => {
        rfb.current = made
        setKept(null)
        connected()
      })
    },
    onClosing: () => {
      // It takes its picture away when it hears of the end.
      if (rfb.current) setKept(rfb.current.toDataURL('image/png'))
      rfb.current = null
    },
  })

  const press = (keys: readonly Key[]) => {
    for (const { keysym, code } of keys) rfb.current?.sendKey(keysym, code, true)
    for (const { keysym, code } of [...keys].reverse()) rfb.current?.sendKey(keysym, code, false)
  }
  const type = async (text: string) => {
    const client = rfb.current
    client?.focus()
    setTyping(true)
    for (const character of typeable(text)) {
      if (!client || rfb.current !== client) break
      press(keysOf(character))
      await new Promise((resolve) => setTimeout(resolve, typingMs))
    }
    setTyping(false)
  }
  const screenshot = () => {
    const name = `${instance.name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.png`
    rfb.current?.toBlob((blob) => {
      if (blob) saveBlob(blob, name)
      else toast.error('The browser could not make a picture of the screen.')
    }, 'image/png')
  }
  const notConnected = state.phase === 'connected' ? null : 'The console is not connected.'
  const notTyping =
    notConnected ?? (viewOnly ? 'View only is on.' : typing ? 'The last text is still being typed.' : null)
  return (
    <ConsoleFrame
      instanceId={instance.id}
      view="screen"
      name={`Screen of ${instance.name}`}
      place={place}
      connection={<ConnectionLine state={state} onReconnect={reconnect} />}
      tools={
        <>
          <Menu
            label="Special keys"
            trigger={
              <Button size="sm">
                <Keyboard aria-hidden="true" /> Keys
              </Button>
            }
          >
            {specialKeys.map(({ label, keys }) => (
              <MenuItem key={label} reason={notTyping} onSelect={() => press(keys)}>
                {label}
              </MenuItem>
            ))}
          </Menu>
          <PasteButton
            reason={notTyping}
            note="It is typed key by key, as on a US keyboard. Other layouts in the guest change what arrives."
            onPaste={(text) => void type(text)}
          />
          <Button size="sm" className={pressed} aria-pressed={scale} onClick={() => setScale(!scale)}>
            <Scaling aria-hidden="true" /> Fit
          </Button>
          <Button
            size="sm"
            className={pressed}
            aria-pressed={viewOnly}
            onClick={() => setViewOnly(!viewOnly)}
          >
            <Eye aria-hidden="true" /> View only
          </Button>
          <Button size="sm" reason={notConnected} onClick={screenshot}>
            <Camera aria-hidden="true" /> Screenshot
          </Button>
        </>
      }
    >
      <div className="absolute inset-0" style={{ background: screenBackground }}>
        <div ref={box} className="size-full" data-connection={state.phase} />
        {kept !== null && (
          <img
            src={kept}
            alt="The screen as it was last seen"
            className="pointer-events-none absolute inset-0 m-auto max-h-full max-w-full opacity-50"
          />
        )}
      </div>
    </ConsoleFrame>
  )
}
