import { findMetadataSource, registerHost, storeGuestPassword } from '@nephos/core'
import { runEvery } from '@nephos/jobs'
import { startHeartbeats } from '../heartbeats.ts'
import type { RoleDeps, RunningRole } from '../role.ts'
import { Coalescer } from './coalescer.ts'
import type { NetworkDriver } from './driver.ts'
import { createNetworkDriver, metadataSocket, underlayOf } from './drivers/index.ts'
import { findSystemUser } from './drivers/linux/files.ts'
import { HostNetwork } from './host-network.ts'
import { GuestCache } from './metadata/guest-cache.ts'
import { listenOnSocket } from './metadata/listen.ts'
import { createMetadataServer } from './metadata/server.ts'

const reconcileMs = 60_000
/** In place of the id of one network. */
const everyNetwork = '*'

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
    overlay: underlayOf(config) !== null,
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
  const meetings = new Coalescer(
    (networkId) => (networkId === everyNetwork ? network.meetAll() : network.meet(networkId)),
    (error, networkId) => log.warn({ err: error, networkId }, 'a change on another host was not applied'),
    20,
  )
  const underlays = new Map<string, string | null>()
  const unsubscribe = queue.hub().subscribe(
    ({ noun }) => noun === 'network' || noun === 'instance' || noun === 'port' || noun === 'host',
    undefined,
    (message) => {
      if (message.type === 'reset') {
        guests.clear()
        return reconcile.now()
      }
      const { noun, change, id, data } = message.event
      if (noun === 'instance') {
        if (change === 'updated') guests.forgetInstance(id)
      } else if (noun === 'port') {
        const networkId = (data as { networkId?: string } | null)?.networkId
        if (networkId && network.has(networkId)) meetings.add(networkId)
      } else if (noun === 'host') {
        // Most of what is said about a host is how full it is.
        const underlayIp = (data as { underlayIp?: string | null } | null)?.underlayIp ?? null
        if (underlays.get(id) !== underlayIp) meetings.add(everyNetwork)
        underlays.set(id, underlayIp)
      } else if (network.has(id)) changes.add(id)
    },
  )
  const hostId = await registerHost(services, {
    name: hostName,
    zone: config.zone,
    networkDriver: driver.name,
    underlayIp: config.underlayIp ?? null,
  })
  const answers = queue.serve({
    role: 'network',
    host: hostName,
    handlers: {
      'network.wire': async ({ portIds, standby }) => ({ ports: await network.wire(portIds, { standby }) }),
      'network.activate': async ({ portIds }) => {
        await network.activate(portIds)
        return {}
      },
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
      await Promise.all([reconcile.stop(), changes.stop(), meetings.stop()])
      await heartbeats.stop()
      metadata.closeAllConnections()
      await new Promise<void>((resolve) => metadata.close(() => resolve()))
      await driver.close()
    },
  }
}
