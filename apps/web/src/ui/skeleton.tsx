import { cn } from './cn.ts'

/** The shape of something that is still on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cn('h-4 animate-pulse rounded bg-raised', className)} />
}
