'use client'
import { OperationTimeline } from '#features/operations/operation-timeline.tsx'
import type { InstanceDetail } from '../row.ts'
import { HistoryCard } from './history-card.tsx'

/** Everything that was done to the instance, newest first; each opens to its steps. */
export function OperationsTab({ instance }: { instance: InstanceDetail }) {
  return (
    <div className="flex flex-col gap-4">
      <OperationTimeline resourceId={instance.id} noun="instance" />
      <HistoryCard instance={instance} />
    </div>
  )
}
