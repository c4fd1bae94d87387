import { findMetadataSource, registerHost, storeGuestPassword } from '@nephos/core'
import { runEvery } from '@nephos/jobs'
import { startHeartbeats } from '../heartbeats.ts'
import type { RoleDeps, RunningRole } from '../role.ts'
import { Coalescer } from './coalescer.ts'
import type { NetworkDriver } from './driver.ts'
import { createNetworkDriver, metadataSocket } from './drivers/index.ts'
import { findSystemUser } from './drivers/linux/files.ts'
import { HostNetwork } from './host-network.ts'
import { GuestCache } from './metadata/guest-cache.ts'
import { listenOnSocket } from './metadata/listen.ts'
import { createMetadataServer } from './metadata/server.ts'

const reconcileMs = 60_000

/**
 * Starts the network role of a host: it wires ports when it is asked to, keeps the host's networks equal to the
 * database, repairs what was broken by hand, and answers the guests' questions about themselves.
 * @param given a driver to use instead of the configured one
 */
export async function startNetworkWorker(
  { services, hostName }: RoleDeps,
  given?: NetworkDriver,
): Promise<RunningRole> {
  const { config, db, queue } = services
  const log = services.log.child({ role: 'network', host: hostName })
  const driver = given ?? (await createNetworkDriver(config, log))
  await driver.open()

  const guests = new GuestCache((identity) => findMetadataSource(db, identity, config.dhcpDomain))
  const metadata = createMetadataServer({
    guests,
    storePassword: (instanceId, password) => storeGuestPassword(db, instanceId, password),
    log,
  })
  const proxy = driver.name === 'linux' ? await findSystemUser(['haproxy', 'nobody']) : null
  await listenOnSocket(metadata, metadataSocket(config), proxy?.gid ?? null)

  const network = new HostNetwork({
    services,
    host: hostName,
    driver,
    forgetIdentity: (networkId, ipAddress) => guests.forget({ networkId, ipAddress }),
  })
  const reconcile = runEvery({
    name: 'reconcile-network',
    everyMs: reconcileMs,
    log,
    run: () => network.reconcile(),
  })
  const changes = new Coalescer(
    (networkId) => network.refresh(networkId),
    (error, networkId) => log.warn({ err: error, networkId }, 'a change of a network was not applied'),
  )
  const unsubscribe = queue.hub().subscribe(
    ({ noun }) => noun === 'network' || noun === 'instance',
    undefined,
    (message) => {
      if (message.type === 'reset') {
        guests.clear()
        return reconcile.now()
      }
      const { noun, change, id } = message.event
      if (noun === 'instance') {
        if (change === 'updated') guests.forgetInstance(id)
      } else if (network.has(id)) changes.add(id)
    },
  )
  const hostId = await registerHost(services, {
    name: hostName,
    zone: config.zone,
    networkDriver: driver.name,
  })
  const answers = queue.serve({
    role: 'network',
    host: hostName,
    handlers: {
      'network.wire': async ({ portIds }) => ({ ports: await network.wire(portIds) }),
      'network.unwire': async ({ ports }) => {
        await network.unwire(ports)
        return {}
      },
      'network.remove': async ({ networkId }) => {
        await network.remove(networkId)
        return {}
      },
    },
  })
  const heartbeats = await startHeartbeats(services, 'network', hostName, hostId)

  return {
    stop: async () => {
      unsubscribe()
      await answers.stop()
      await Promise.all([reconcile.stop(), changes.stop()])
      await heartbeats.stop()
      metadata.closeAllConnections()
      await new Promise<void>((resolve) => metadata.close(() => resolve()))
      await driver.close()
    },
  }
}
