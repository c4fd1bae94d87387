'use client'
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Input } from '#ui/input.tsx'

/** The search of a list. `/` brings the cursor here; it asks once typing pauses. */
export function SearchBox({
  value,
  onChange,
  label,
}: {
  value: string
  onChange: (value: string) => void
  label: string
}) {
  const [text, setText] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  const sent = useRef(value)

  useEffect(() => {
    // Changed from outside: filters cleared, or the browser went back.
    if (value !== sent.current) setText(value)
    sent.current = value
  }, [value])
  useEffect(() => {
    if (text === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text
      onChange(text)
    }, 200)
    return () => clearTimeout(timer)
  }, [text, onChange])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(target)) return
      event.preventDefault()
      input.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div className="relative w-full sm:w-72">
      <Search className="absolute left-2.5 top-2 size-4 text-subtle" aria-hidden="true" />
      <Input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        className="h-8 px-8 [&::-webkit-search-cancel-button]:hidden"
      />
      {text && (
        <button
          type="button"
          aria-label="Clear search"
          onClick={() => setText('')}
          className="absolute right-1.5 top-1.5 flex size-5 items-center justify-center rounded text-subtle hover:text-fg"
        >
          <X className="size-3.5" aria-hidden="true" />
        </button>
      )}
    </div>
  )
}

/** True while keys belong to a text field or an open dialog, and not to the page. */
export const isTyping = (target: HTMLElement): boolean =>
  target.isContentEditable ||
  /^(input|textarea|select)$/i.test(target.tagName) ||
  target.closest('[role="dialog"],[role="menu"],[role="listbox"],[role="alertdialog"]') !== null
