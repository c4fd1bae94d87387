import type { Metadata } from 'next'
import { AddressGroupPage } from '#features/address-groups/address-group-page.tsx'

export const metadata: Metadata = { title: 'Address group' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <AddressGroupPage id={decodeURIComponent((await params).id)} />
}
