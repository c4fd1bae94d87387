'use client'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import { copyText } from './copy.tsx'

/** Text for a terminal, with a button that copies it. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <div className="relative rounded-lg border border-line bg-raised">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className="scroll-thin overflow-x-auto p-3 pr-11"
      >
        <pre className="font-mono text-xs leading-relaxed">{code}</pre>
      </section>
      <Button
        variant="ghost"
        size="icon"
        className="absolute right-1.5 top-1.5"
        aria-label={`Copy ${label}`}
        onClick={async () => {
          if (!(await copyText(code))) return
          setCopied(true)
          setTimeout(() => setCopied(false), 1200)
        }}
      >
        {copied ? <Check className="text-ok-text" aria-hidden="true" /> : <Copy aria-hidden="true" />}
      </Button>
    </div>
  )
}
