'use client'
import { useState } from 'react'

/** What was entered so far. @returns the values, a function that changes some of them, and whether any was */
export function useDraft<Values extends object>(initial: Values) {
  const [draft, setDraft] = useState(initial)
  const [dirty, setDirty] = useState(false)
  const change = (patch: Partial<Values>) => {
    setDirty(true)
    setDraft((before) => ({ ...before, ...patch }))
  }
  return [draft, change, dirty] as const
}
