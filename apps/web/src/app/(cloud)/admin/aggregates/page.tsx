import type { Metadata } from 'next'
import { AggregatesPage } from '#features/aggregates/aggregates-page.tsx'

export const metadata: Metadata = { title: 'Host aggregates' }

export default function Page() {
  return <AggregatesPage />
}
