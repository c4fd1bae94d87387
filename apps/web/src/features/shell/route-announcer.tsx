'use client'
import { usePathname } from 'next/navigation'
import { useEffect, useState } from 'react'

/** Tells screen readers where a route change led, and moves the focus to the beginning of the page. */
export function RouteAnnouncer() {
  const pathname = usePathname()
  const [text, setText] = useState('')
  const [seen, setSeen] = useState(pathname)
  useEffect(() => {
    if (pathname === seen) return
    setSeen(pathname)
    // The heading comes with the page's data; a moment later it is there.
    const timer = setTimeout(() => {
      setText(document.querySelector('main h1')?.textContent || document.title)
      const active = document.activeElement
      if (!active || active === document.body || !document.querySelector('main')?.contains(active))
        document.getElementById('main')?.focus({ preventScroll: true })
    }, 150)
    return () => clearTimeout(timer)
  }, [pathname, seen])
  return (
    <p aria-live="assertive" className="sr-only">
      {text}
    </p>
  )
}
