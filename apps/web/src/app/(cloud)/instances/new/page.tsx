import type { Metadata } from 'next'
import { InstanceCreatePage } from '#features/instances/create/instance-create-page.tsx'

export const metadata: Metadata = { title: 'Create instance' }

export default function Page() {
  return <InstanceCreatePage />
}
