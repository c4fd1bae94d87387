import type { Metadata } from 'next'
import { QosPolicyPage } from '#features/qos/qos-policy-page.tsx'

export const metadata: Metadata = { title: 'QoS policy' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <QosPolicyPage id={decodeURIComponent((await params).id)} />
}
