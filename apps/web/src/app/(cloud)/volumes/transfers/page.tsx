import type { Metadata } from 'next'
import { TransfersPage } from '#features/volume-transfers/transfers-page.tsx'

export const metadata: Metadata = { title: 'Volume transfers' }

export default function Page() {
  return <TransfersPage />
}
