'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { PolicyLink } from './policy-link.tsx'

/** The policy that holds for a port: its own, or that of its network. Both follow events. */
export function PortLimits({ portId, networkId }: { portId: string; networkId: string }) {
  const trpc = useTRPC()
  const port = useQuery(trpc.network.ports.show.queryOptions({ id: portId })).data
  const network = useQuery(trpc.network.networks.show.queryOptions({ id: networkId })).data
  const id = port?.qosPolicyId ?? network?.qosPolicyId
  return id ? <PolicyLink id={id} /> : <span className="text-subtle">none</span>
}
