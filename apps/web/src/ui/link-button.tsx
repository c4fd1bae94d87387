'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Button, type ButtonProps } from './button.tsx'

/** A link with the looks of a button. With a `reason` it leads nowhere and says why. */
export function LinkButton({
  href,
  reason,
  children,
  ...looks
}: {
  href: string
  reason?: string | null
  children: ReactNode
} & Pick<ButtonProps, 'variant' | 'size' | 'className'>) {
  if (reason)
    return (
      <Button {...looks} reason={reason}>
        {children}
      </Button>
    )
  return (
    <Button asChild {...looks}>
      <Link href={href}>{children}</Link>
    </Button>
  )
}
