'use client'
import { useQueries } from '@tanstack/react-query'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'

type VolumeType = RouterOutputs['volume']['types']['list']['items'][number]

/** The types that this project can choose from, and which of them is the default. */
export function useVolumeTypes(): {
  types: VolumeType[] | undefined
  defaultId: string | undefined
  error: unknown
} {
  const trpc = useTRPC()
  const [list, preset] = useQueries({
    queries: [
      trpc.volume.types.list.queryOptions({ limit: 200 }),
      trpc.volume.types.showDefault.queryOptions({}, { retry: false }),
    ],
  })
  return { types: list.data?.items, defaultId: preset.data?.id, error: list.error }
}

const isTrue = (value: string | undefined) => value !== undefined && /true|yes|1/i.test(value)

/** What a type means for a volume of it, in words. */
export function typeFacts({ description, encryption, qosSpecName, extraSpecs }: VolumeType): string {
  const zones = extraSpecs['RESKEY:availability_zones']
  const facts = [
    description && `${description.replace(/\.$/, '')}.`,
    encryption && 'Encrypted where it is stored.',
    isTrue(extraSpecs.multiattach) && 'Several instances may have a volume at once.',
    qosSpecName && `Limited by ${qosSpecName}.`,
    zones && `In ${zones.split(',').join(', ')} only.`,
  ]
  return facts.filter(Boolean).join(' ') || 'No particular properties.'
}
