import type { Metadata } from 'next'
import { SecurityGroupsPage } from '#features/security-groups/security-groups-page.tsx'

export const metadata: Metadata = { title: 'Security groups' }

export default function Page() {
  return <SecurityGroupsPage />
}
