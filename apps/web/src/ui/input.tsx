import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

const box =
  'w-full rounded-md border border-line-strong bg-surface px-3 text-sm text-fg placeholder:text-subtle transition-colors focus-visible:outline-offset-0 aria-invalid:border-bad disabled:opacity-60'

/** A line of text. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={cn(box, 'h-9', className)} {...rest} />
}

/** Several lines of text. */
export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea className={cn(box, 'min-h-24 py-2 leading-relaxed', className)} {...rest} />
}
