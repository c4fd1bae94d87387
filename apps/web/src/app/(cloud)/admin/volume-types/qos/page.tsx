import type { Metadata } from 'next'
import { VolumeQosPage } from '#features/volume-qos/qos-specs-page.tsx'

export const metadata: Metadata = { title: 'QoS specs of volumes' }

export default function Page() {
  return <VolumeQosPage />
}
