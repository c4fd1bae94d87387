import type { Metadata } from 'next'
import { ReachabilityPage } from '#features/reachability/reachability-page.tsx'

export const metadata: Metadata = { title: 'Reachability' }

export default function Page() {
  return <ReachabilityPage />
}
