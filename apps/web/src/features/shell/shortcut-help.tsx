'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { isTyping } from '#features/list/search-box.tsx'
import { useSession } from '#features/session/use-session.ts'
import { Dialog } from '#ui/dialog.tsx'
import { Kbd } from '#ui/kbd.tsx'
import { adminNav, projectPlaces } from './nav.ts'

const others = [
  ['⌘K', 'Search, go anywhere, act on anything'],
  ['/', 'Search this list'],
  ['j  k', 'Next and previous row'],
  ['x', 'Select the row'],
  ['Enter', 'Open the row'],
  ['?', 'This help'],
] as const

/** `g` and a letter goes places; `?` shows all keys. */
export function ShortcutHelp() {
  const { isAdmin } = useSession()
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const pressedG = useRef(0)
  const places = [...projectPlaces(isAdmin), ...(isAdmin ? adminNav : [])]

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target as HTMLElement)) return
      if (event.key === '?') return setOpen(true)
      if (event.key === 'g') {
        pressedG.current = Date.now()
        return
      }
      if (Date.now() - pressedG.current > 1_200) return
      pressedG.current = 0
      const place = places.find(({ key }) => key === event.key)
      if (!place) return
      event.preventDefault()
      event.stopPropagation()
      router.push(place.href)
    }
    // Before the lists' own keys: `g k` is a place, not "up".
    document.addEventListener('keydown', onKey, { capture: true })
    return () => document.removeEventListener('keydown', onKey, { capture: true })
  }, [places, router])

  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard">
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm">
        {others.map(([key, what]) => (
          <Shortcut key={key} keys={key} what={what} />
        ))}
        {places.map(({ key, label }) => (
          <Shortcut key={key} keys={`g  ${key}`} what={`Go to ${label.toLowerCase()}`} />
        ))}
      </dl>
    </Dialog>
  )
}

function Shortcut({ keys, what }: { keys: string; what: string }) {
  return (
    <>
      <dt className="flex gap-1">
        {keys.split('  ').map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dt>
      <dd className="text-muted">{what}</dd>
    </>
  )
}
