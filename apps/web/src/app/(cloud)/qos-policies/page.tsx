import type { Metadata } from 'next'
import { QosPoliciesPage } from '#features/qos/qos-policies-page.tsx'

export const metadata: Metadata = { title: 'QoS policies' }

export default function Page() {
  return <QosPoliciesPage />
}
