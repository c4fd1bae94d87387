import { Badge } from '#ui/badge.tsx'
import type { QosPolicyRow } from './row.ts'

/** What is special about a policy. */
export function QosMarks({ policy }: { policy: Pick<QosPolicyRow, 'isDefault' | 'shared'> }) {
  return (
    <>
      {policy.isDefault && <Badge tone="accent">for new networks</Badge>}
      {policy.shared && <Badge>shared</Badge>}
    </>
  )
}
