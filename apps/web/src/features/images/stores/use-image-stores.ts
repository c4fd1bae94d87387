'use client'
import { useQuery } from '@tanstack/react-query'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'

/** A store of images. */
export type ImageStoreRow = RouterOutputs['image']['stores']['list'][number]

/** The stores of the cloud, the default one first; they change with its configuration only. */
export function useImageStores(): readonly ImageStoreRow[] | undefined {
  const trpc = useTRPC()
  return useQuery(trpc.image.stores.list.queryOptions({}, { staleTime: Number.POSITIVE_INFINITY })).data
}
