'use client'
import { useState } from 'react'
import { equivalentCurl } from '#features/instances/create/choices.ts'
import { useClientConfig } from '#features/session/use-session.ts'
import { CodeBlock } from '#ui/code-block.tsx'

/** The same call for a terminal, folded away until somebody wants it. */
export function ApiCall({ verb, input }: { verb: string; input: Record<string, unknown> }) {
  const [open, setOpen] = useState(false)
  const { apiUrl } = useClientConfig()
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="rounded text-xs text-muted hover:text-fg"
      >
        {open ? 'Hide' : 'Show'} the equivalent API call
      </button>
      {open && (
        <div className="mt-2">
          <CodeBlock code={equivalentCurl(apiUrl, verb, input)} label="equivalent API call" />
        </div>
      )}
    </div>
  )
}

/** For an empty list: what it is, and how the same is made from a terminal. */
export function EmptyCall({ verb, input }: { verb: string; input: Record<string, unknown> }) {
  const { apiUrl } = useClientConfig()
  return (
    <div className="mx-auto max-w-xl px-6 pb-10 text-left">
      <p className="mb-2 text-xs text-subtle">The same from a terminal:</p>
      <CodeBlock code={equivalentCurl(apiUrl, verb, input)} label="equivalent API call" />
    </div>
  )
}
