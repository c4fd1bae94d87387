import { Skeleton } from '#ui/skeleton.tsx'

/** Stands for a page that is on its way. */
export function PageSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4">
      <Skeleton className="h-7 w-48" />
      <Skeleton className="h-64 w-full rounded-xl" />
    </div>
  )
}
