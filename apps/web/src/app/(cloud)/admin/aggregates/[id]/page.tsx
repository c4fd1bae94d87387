import type { Metadata } from 'next'
import { AggregatePage } from '#features/aggregates/aggregate-page.tsx'

export const metadata: Metadata = { title: 'Host aggregate' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <AggregatePage id={decodeURIComponent((await params).id)} />
}
