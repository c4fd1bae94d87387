'use client'
import { useEffect, useRef } from 'react'

const question = 'Leave without saving what you entered?'

/**
 * Asks before a half-filled form is left: by closing the tab, or by a link inside the dashboard.
 * @returns a function to call when leaving is meant, before navigating after a success
 */
export function useUnsavedGuard(dirty: boolean): () => void {
  const active = useRef(dirty)
  useEffect(() => {
    active.current = dirty
    if (!dirty) return
    const onUnload = (event: BeforeUnloadEvent) => {
      if (active.current) event.preventDefault()
    }
    const onClick = (event: MouseEvent) => {
      const link = (event.target as HTMLElement).closest('a[href]')
      if (!active.current || !link || event.metaKey || event.ctrlKey || event.shiftKey) return
      if (link.getAttribute('target') === '_blank' || link.getAttribute('href')?.startsWith('#')) return
      if (window.confirm(question)) {
        active.current = false
        return
      }
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('beforeunload', onUnload)
    document.addEventListener('click', onClick, { capture: true })
    return () => {
      window.removeEventListener('beforeunload', onUnload)
      document.removeEventListener('click', onClick, { capture: true })
    }
  }, [dirty])
  return () => {
    active.current = false
  }
}
