import type { Metadata } from 'next'
import { CataloguePage } from '#features/images/catalogue/catalogue-page.tsx'

export const metadata: Metadata = { title: 'Image catalogue' }

export default function Page() {
  return <CataloguePage />
}
