'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import type { NetworkRow } from '#features/networks/row.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ConnectPlan } from './connect.ts'

/** The external networks and the project's routers: what says how a network reaches the outside. */
export function useWaysOut() {
  const trpc = useTRPC()
  const externals = useQuery(trpc.network.networks.list.queryOptions({ external: true, limit: 200 }))
  const routers = useQuery(trpc.network.routers.list.queryOptions({ limit: 200 }))
  return { externals: externals.data?.items, routers: routers.data?.items }
}

/** Carries a {@link ConnectPlan} out. */
export function useConnect() {
  const { network } = useTRPCClient()
  return useMutation({
    mutationFn: async ({
      plan,
      external,
    }: {
      plan: ConnectPlan
      external: Pick<NetworkRow, 'id' | 'name'>
    }) => {
      const gateway = { networkId: external.id }
      if (plan.do === 'gateway') await network.routers.update.mutate({ id: plan.router.id, gateway })
      else if (plan.do === 'router')
        await network.routers.create.mutate({ name: plan.name, gateway, subnetIds: plan.subnetIds })
      else
        for (const subnetId of plan.subnetIds)
          await network.routers.addInterface.mutate({ id: plan.router.id, subnetId })
    },
    onSuccess: (_, { external }) => toast.success(`Connected to ${external.name}`),
    onError: (error, { external }) => toastRefusal(`Cannot connect to ${external.name}`, error),
  })
}
