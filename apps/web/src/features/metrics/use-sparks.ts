'use client'
import { keepPreviousData, type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { appendSpark, type Spark } from './append.ts'
import { type LiveSamples, useLiveSamples } from './use-live-samples.ts'

/** What a list shows beside its rows, by id. */
export type Sparks = Record<string, Spark>

const settleMs = 400
const mostIds = 100

/** Sparklines of the instances of a page: read in one call once the list is there, and kept true while it is seen. */
export function useInstanceSparks(rows: readonly { id: string }[] | undefined): Sparks {
  const trpc = useTRPC()
  const ids = useSettledIds(rows)
  const options = trpc.compute.instances.metricsSummary.queryOptions(
    { ids },
    { enabled: ids.length > 0, placeholderData: keepPreviousData, staleTime: 0 },
  )
  const { data, refetch } = useQuery(options)
  useGrowingSparks({ instances: ids, only: 'cpu' }, options.queryKey, () => void refetch())
  return data ?? {}
}

/** The same of the hosts of a page. */
export function useHostSparks(rows: readonly { id: string }[] | undefined): Sparks {
  const trpc = useTRPC()
  const ids = useSettledIds(rows)
  const options = trpc.compute.hosts.metricsSummary.queryOptions(
    { ids },
    { enabled: ids.length > 0, placeholderData: keepPreviousData, staleTime: 0 },
  )
  const { data, refetch } = useQuery(options)
  useGrowingSparks({ hosts: ids, only: 'cpu' }, options.queryKey, () => void refetch())
  return data ?? {}
}

/** The ids of the rows, in one order whatever the list is sorted by, and only when rows stop coming and going. */
function useSettledIds(rows: readonly { id: string }[] | undefined): string[] {
  const now = (rows ?? [])
    .map(({ id }) => id)
    .sort()
    .slice(0, mostIds)
    .join()
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(now), settleMs)
    return () => clearTimeout(timer)
  }, [now])
  return settled === '' ? [] : settled.split(',')
}

function useGrowingSparks(
  followed: Parameters<typeof useLiveSamples>[0],
  queryKey: QueryKey,
  readAgain: () => void,
): void {
  const client = useQueryClient()
  const states = useRef(new Map<string, { minute: number; count: number }>())
  const onSamples = ({ at, values }: LiveSamples) => {
    const known = client.getQueryData<Sparks>(queryKey)
    if (!known) return
    const grown = { ...known }
    for (const [id, [cpu = null]] of Object.entries(values)) {
      const state = states.current.get(id) ?? { minute: 0, count: 0 }
      states.current.set(id, state)
      grown[id] = appendSpark(known[id], at, cpu, state)
    }
    client.setQueryData(queryKey, grown)
  }
  useLiveSamples(followed, {
    onSamples,
    onMissed: () => {
      states.current.clear()
      readAgain()
    },
  })
}
