'use client'
import { ExternalLink, Maximize, Minimize } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { type ConsoleView, paths } from '#paths.ts'
import { Button } from '#ui/button.tsx'
import { cn } from '#ui/cn.ts'
import { isLeaveKey, leaveKey } from './keys.ts'

/** Where a console stands: in a tab of the instance's page, or alone in a window. */
export type ConsolePlace = 'tab' | 'window'

/** A console with its toolbar. It can fill the screen, and has one key that leaves it for the toolbar. */
export function ConsoleFrame({
  instanceId,
  view,
  name,
  place,
  connection,
  tools,
  children,
}: {
  instanceId: string
  view: ConsoleView
  /** "Serial console of web-1". */
  name: string
  place: ConsolePlace
  connection: ReactNode
  tools: ReactNode
  children: ReactNode
}) {
  const [full, setFull] = useState(false)
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const changed = () => {
      if (!document.fullscreenElement) setFull(false)
    }
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])
  const toggle = () => {
    setFull(!full)
    // Where the browser does not allow it, the console still fills the window.
    if (full) void document.exitFullscreen?.().catch(() => undefined)
    else void document.documentElement.requestFullscreen?.().catch(() => undefined)
  }
  const leave = (event: KeyboardEvent) => {
    if (!isLeaveKey(event)) return
    event.preventDefault()
    event.stopPropagation()
    bar.current?.querySelector<HTMLElement>('button, a')?.focus()
  }
  return (
    <section
      aria-label={name}
      className={cn(
        'flex flex-col overflow-hidden bg-surface',
        full ? 'fixed inset-0 z-30' : place === 'window' ? 'h-full' : 'rounded-xl border border-line',
      )}
    >
      <div ref={bar} className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        {connection}
        <div className="flex-1" />
        {tools}
        <Button size="sm" onClick={toggle}>
          {full ? <Minimize aria-hidden="true" /> : <Maximize aria-hidden="true" />}
          {full ? 'Leave full screen' : 'Full screen'}
        </Button>
        {place === 'tab' && (
          <Button
            size="sm"
            onClick={() =>
              window.open(
                paths.instanceConsole(instanceId, view),
                `console-${view}-${instanceId}`,
                'popup,width=1040,height=860',
              )
            }
          >
            <ExternalLink aria-hidden="true" /> Own window
          </Button>
        )}
      </div>
      <div
        onKeyDownCapture={leave}
        className={cn('relative min-h-0', full || place === 'window' ? 'flex-1' : 'h-[min(36rem,70dvh)]')}
      >
        {children}
      </div>
      <p className="border-t border-line px-3 py-1.5 text-xs text-subtle">
        All keys go to the machine while the console has the focus; <kbd>{leaveKey}</kbd> leaves it.
      </p>
    </section>
  )
}
