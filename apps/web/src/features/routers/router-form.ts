'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import type { RouterRow } from './row.ts'

/** What a panel about one router is given. */
export interface PanelProps {
  of: string
  onClose: () => void
}
/** What its form is given. */
export interface FormProps {
  router: RouterRow
  onClose: () => void
}

/** The router of a panel. */
export const useRouterQuery = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.routers.show.queryOptions({ id }))
}

/** Networks that a router can have its gateway on. */
export const useExternals = () => {
  const trpc = useTRPC()
  return useQuery(trpc.network.networks.list.queryOptions({ external: true, limit: 200 })).data?.items
}

/** Why no gateway can be chosen. */
export const noExternal = 'There is no external network; an administrator makes them.'
