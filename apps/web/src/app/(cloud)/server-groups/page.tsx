import type { Metadata } from 'next'
import { ServerGroupsPage } from '#features/server-groups/server-groups-page.tsx'

export const metadata: Metadata = { title: 'Server groups' }

export default function Page() {
  return <ServerGroupsPage />
}
