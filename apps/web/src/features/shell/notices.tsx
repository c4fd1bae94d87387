'use client'
import { TriangleAlert } from 'lucide-react'
import { useSession } from '#features/session/use-session.ts'

/** What everyone should know about this cloud, such as that nothing really runs. */
export function Notices() {
  const { cloud } = useSession()
  if (cloud.notices.length === 0) return null
  return (
    <div role="status" className="border-b border-warn/30 bg-warn-soft px-4 py-2 text-[13px] sm:px-6">
      {cloud.notices.map((notice) => (
        <p key={`${notice.kind}-${notice.message}`} className="flex items-start gap-2">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn-text" aria-hidden="true" />
          <span>
            {notice.message} {notice.remedy && <span className="text-muted">{notice.remedy}</span>}
          </span>
        </p>
      ))}
    </div>
  )
}
