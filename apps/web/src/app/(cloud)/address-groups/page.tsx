import type { Metadata } from 'next'
import { AddressGroupsPage } from '#features/address-groups/address-groups-page.tsx'

export const metadata: Metadata = { title: 'Address groups' }

export default function Page() {
  return <AddressGroupsPage />
}
