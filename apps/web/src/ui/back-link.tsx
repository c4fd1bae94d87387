import { ArrowLeft } from 'lucide-react'
import Link from 'next/link'

/** The way back to the list that a page belongs to. */
export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <Link
      href={href}
      className="mb-3 inline-flex items-center gap-1 rounded text-sm text-muted hover:text-fg"
    >
      <ArrowLeft className="size-3.5" aria-hidden="true" /> {children}
    </Link>
  )
}
