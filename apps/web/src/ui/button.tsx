'use client'
import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ButtonHTMLAttributes, MouseEvent } from 'react'
import { cn } from './cn.ts'
import { Spinner } from './spinner.tsx'
import { Tooltip } from './tooltip.tsx'

/** Looks of a button; also for links that should look like one. */
export const buttonStyles = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors duration-100 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-accent-fg hover:bg-accent-hover',
        secondary: 'border border-line-strong bg-surface text-fg hover:bg-hover',
        ghost: 'text-muted hover:bg-hover hover:text-fg',
        danger: 'bg-bad text-bad-fg hover:bg-bad-hover',
      },
      size: {
        sm: 'h-7 px-2.5 text-xs [&_svg]:size-3.5',
        md: 'h-9 px-3.5 text-sm [&_svg]:size-4',
        icon: 'size-8 [&_svg]:size-4',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)

export interface ButtonProps
  extends ButtonHTMLAttributes<HTMLButtonElement>,
    VariantProps<typeof buttonStyles> {
  /** Renders the child (a link) with the looks of a button. */
  asChild?: boolean
  /** Shows a spinner and refuses clicks. */
  loading?: boolean
  /** Why it cannot be used now. It stays focusable, so that the reason can be read. */
  reason?: string | null
}

/** A button that, when it is disabled, says why. */
export function Button({
  asChild,
  loading,
  reason,
  variant,
  size,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const styles = cn(buttonStyles({ variant, size }), className)
  if (asChild)
    return (
      <Slot.Root className={styles} {...rest}>
        {children}
      </Slot.Root>
    )
  const refused = Boolean(reason) || loading
  return (
    <Tooltip content={reason}>
      <button
        type={refused && type === 'submit' ? 'button' : type}
        className={styles}
        aria-disabled={refused || undefined}
        aria-busy={loading || undefined}
        onClick={(event: MouseEvent<HTMLButtonElement>) =>
          refused ? event.preventDefault() : onClick?.(event)
        }
        {...rest}
      >
        {loading && <Spinner />}
        {children}
      </button>
    </Tooltip>
  )
}
