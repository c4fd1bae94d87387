'use client'
import { useQuery } from '@tanstack/react-query'
import { useClientConfig } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Copyable } from '#ui/copy.tsx'

/** What a port is called in DNS, with its domain. Both follow events. */
export function PortName({ portId, networkId }: { portId: string; networkId: string }) {
  const trpc = useTRPC()
  const { dnsDomain } = useClientConfig()
  const port = useQuery(trpc.network.ports.show.queryOptions({ id: portId })).data
  const network = useQuery(trpc.network.networks.show.queryOptions({ id: networkId })).data
  if (!port?.hostname) return <span className="text-subtle">–</span>
  const domain = network?.dnsDomain || dnsDomain
  return <Copyable value={domain ? `${port.hostname}.${domain}` : port.hostname} what="name" />
}
