'use client'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { cn } from './cn.ts'

/** Puts text on the clipboard, also where the page is not a secure context. Resolves to whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

/** Copies and says so. */
export async function copyWithToast(text: string, what: string): Promise<void> {
  if (await copyText(text)) toast.success(`${what} copied`)
  else toast.error('The browser did not allow copying.')
}

/** Text that is copied by a click: ids, addresses, names. */
export function Copyable({
  value,
  what,
  display,
  mono = true,
  wrap = false,
  className,
}: {
  value: string
  /** "ID", "Address": for the label and the confirmation. */
  what: string
  /** What is shown in place of the value, such as a shortened id. */
  display?: string
  mono?: boolean
  /** On a narrow screen a long value goes on in the next line. */
  wrap?: boolean
  className?: string
}) {
  const [copied, setCopied] = useState(false)
  return (
    <button
      type="button"
      title={value}
      aria-label={`Copy ${what} ${value}`}
      onClick={async (event) => {
        event.stopPropagation()
        event.preventDefault()
        if (!(await copyText(value))) return
        setCopied(true)
        setTimeout(() => setCopied(false), 1200)
      }}
      className={cn(
        'group inline-flex max-w-full items-center gap-1 rounded text-left hover:text-fg',
        mono && 'font-mono text-[0.92em]',
        className,
      )}
    >
      <span className={cn('truncate', wrap && 'max-sm:whitespace-normal max-sm:break-all')}>
        {display ?? value}
      </span>
      {copied ? (
        <Check className="size-3 shrink-0 text-ok-text" aria-hidden="true" />
      ) : (
        <Copy
          className="size-3 shrink-0 opacity-0 transition-opacity group-hover:opacity-60 group-focus-visible:opacity-60"
          aria-hidden="true"
        />
      )}
    </button>
  )
}

/** The end of an id, enough to tell two apart (the beginning is a time). */
export const shortId = (id: string): string => (id.length > 13 ? `…${id.slice(-8)}` : id)
