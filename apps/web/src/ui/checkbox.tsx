'use client'
import { Check, Minus } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'
import { cn } from './cn.ts'

/** A box to tick. Give it a label or `aria-label`. */
export function Checkbox({ className, ...rest }: Radix.CheckboxProps) {
  return (
    <Radix.Root
      className={cn(
        'relative flex size-4 shrink-0 items-center justify-center rounded border border-line-strong bg-surface transition-colors before:absolute before:-inset-2 hover:border-accent data-[state=checked]:border-accent data-[state=indeterminate]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:bg-accent',
        className,
      )}
      {...rest}
    >
      <Radix.Indicator className="text-accent-fg">
        {rest.checked === 'indeterminate' ? (
          <Minus className="size-3" strokeWidth={3} aria-hidden="true" />
        ) : (
          <Check className="size-3" strokeWidth={3} aria-hidden="true" />
        )}
      </Radix.Indicator>
    </Radix.Root>
  )
}
