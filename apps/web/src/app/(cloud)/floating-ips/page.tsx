import type { Metadata } from 'next'
import { FloatingIpsPage } from '#features/floating-ips/floating-ips-page.tsx'

export const metadata: Metadata = { title: 'Floating IPs' }

export default function Page() {
  return <FloatingIpsPage />
}
