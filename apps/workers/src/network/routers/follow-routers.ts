import type { CloudEvent } from '@nephos/jobs'
import type { Logger } from 'pino'
import { Coalescer } from '../coalescer.ts'
import type { HostNetwork } from '../host-network.ts'

/** What is heard about routers, and applied to those of this host. */
export interface RouterFollower {
  /** Takes in an event of any noun. */
  hear: (event: Pick<CloudEvent, 'noun' | 'id' | 'data'>) => void
  /** Applies what the database says of a router, soon. */
  refresh: (routerId: string) => void
  stop: () => Promise<void>
}

/**
 * Keeps the routers of a host in step with events: of themselves, of their floating IPs and of their networks.
 * @param meet told of networks of which other hosts have something new to this one
 */
export function followRouters({
  network,
  log,
  meet,
}: {
  network: Pick<HostNetwork, 'routers' | 'has' | 'refreshRouter'>
  log: Logger
  meet: (networkId: string) => void
}): RouterFollower {
  const changes = new Coalescer(
    (routerId) => network.refreshRouter(routerId),
    (error, routerId) => log.warn({ err: error, routerId }, 'a change of a router was not applied'),
    10,
  )
  const { routers } = network
  return {
    hear: ({ noun, id, data }) => {
      if (noun === 'router') {
        if (routers.has(id)) changes.add(id)
      } else if (noun === 'floating_ip') {
        const row = data as { routerId?: string | null; networkId?: string } | null
        for (const routerId of [row?.routerId, routers.leading(id)])
          if (routerId && routers.has(routerId)) changes.add(routerId)
        // Its address is behind its router, wherever that is.
        if (row?.networkId && network.has(row.networkId)) meet(row.networkId)
      } else if (noun === 'network') for (const routerId of routers.on(id)) changes.add(routerId)
    },
    refresh: (routerId) => changes.add(routerId),
    stop: () => changes.stop(),
  }
}
