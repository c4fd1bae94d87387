import {
  conflict,
  dhcpOwner,
  keepNetwork,
  NephosError,
  removeNetworkRows,
  type Services,
  systemCtx,
} from '@nephos/core'
import { RetryLater, type Saga } from '@nephos/jobs'

/** What the saga is about: a network that takes no new port any more. */
interface DeletingNetwork {
  networkId: string
  requestId: string
}

const retryMs = 10_000
const none = async () => undefined

/**
 * Removes a network from every host that it is on, then its rows with its quota. A host that does not answer is waited
 * for; when it stays away the network is kept, and can be deleted again.
 */
export function networkDelete(services: Services): Saga<DeletingNetwork> {
  const { db } = services
  const ctxOf = ({ requestId }: DeletingNetwork) => systemCtx(services, 'network-delete', requestId)
  return {
    name: 'network-delete',
    cancellable: false,
    steps: [
      {
        name: 'check-ports',
        run: ({ state }) => requireNoPorts(services, state.networkId).then(none),
      },
      {
        name: 'remove-from-hosts',
        run: async ({ state: { networkId }, progress }) => {
          const hosts = await hostsOf(services, networkId)
          let left = hosts.length
          await Promise.all(
            hosts.map(async (host) => {
              await removeFromHost(services, host, networkId)
              left -= 1
              progress(`Removed from ${hosts.length - left} of ${hosts.length} hosts`)
            }),
          )
          return { hosts }
        },
      },
    ],
    load: async ({ resourceId, requestId }) => {
      const network = await db.network.findUnique({ where: { id: resourceId }, select: { deleting: true } })
      // Without a row everything was done, and only the end of the operation was not written.
      return network && !network.deleting ? null : { networkId: resourceId, requestId }
    },
    succeed: (state) => removeNetworkRows(ctxOf(state), state.networkId),
    fail: (state) => keepNetwork(ctxOf(state), state.networkId),
  }
}

async function requireNoPorts({ db }: Services, networkId: string): Promise<void> {
  const ports = await db.port.count({ where: { networkId, deviceOwner: { not: dhcpOwner } } })
  if (ports > 0)
    throw conflict('A port was made on the network at the moment of its deletion.', {
      remedy: 'Delete the port, then the network.',
    })
}

/** The hosts to visit. What a host had that is no longer part of the cloud went with it. */
async function hostsOf({ db }: Services, networkId: string): Promise<string[]> {
  const wired = await db.networkHost.findMany({ where: { networkId }, orderBy: { hostName: 'asc' } })
  const known = await db.host.findMany({
    where: { name: { in: wired.map(({ hostName }) => hostName) } },
    select: { name: true },
  })
  return known.map(({ name }) => name)
}

async function removeFromHost({ ask }: Services, host: string, networkId: string): Promise<void> {
  try {
    await ask(host, 'network.remove', { networkId })
  } catch (error) {
    if (error instanceof NephosError && (error.code === 'unavailable' || error.code === 'timeout'))
      throw new RetryLater(`the network worker of ${host} does not answer`, retryMs)
    throw error
  }
}
