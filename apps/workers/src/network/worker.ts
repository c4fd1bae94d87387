import { statePaths } from '@nephos/config'
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
import { NameListener } from './names/listen.ts'
import { QosListener } from './qos/listen.ts'
import { doorWishes, noDoors } from './routers/doors.ts'
import { followRouters } from './routers/follow-routers.ts'
import { GroupListener } from './security-groups/listen.ts'

const reconcileMs = 60_000
/** In place of the id of one network. */
const everyNetwork = '*'
const nouns: ReadonlySet<string> = new Set([
  'network',
  'instance',
  'port',
  'host',
  'router',
  'floating_ip',
  'security_group',
  'qos_policy',
  'address_group',
])

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
    doors: driver.name === 'linux' ? doorWishes(config) : noDoors,
    doorsFile: driver.name === 'linux' ? statePaths(config).doors() : undefined,
    forgetIdentity: (networkId, ipAddress) => guests.forget({ networkId, ipAddress }),
  })
  const reconcile = runEvery({
    name: 'reconcile-network',
    everyMs: reconcileMs,
    log,
    run: () => network.reconcile(),
  })
  const changes = new Coalescer(
    (networkId) => (network.has(networkId) ? network.refresh(networkId) : network.consider(networkId)),
    (error, networkId) => log.warn({ err: error, networkId }, 'a change of a network was not applied'),
  )
  const meetings = new Coalescer(
    (networkId) => (networkId === everyNetwork ? network.meetAll() : network.meet(networkId)),
    (error, networkId) => log.warn({ err: error, networkId }, 'a change on another host was not applied'),
    20,
  )
  const routers = followRouters({ network, log, meet: (networkId) => meetings.add(networkId) })
  const groups = new GroupListener(network, (error, id) =>
    log.warn({ err: error, id }, 'a change of security groups was not applied'),
  )
  const qos = new QosListener(network, (error, id) =>
    log.warn({ err: error, id }, 'a change of limits was not applied'),
  )
  const names = new NameListener(network, (error, networkId) =>
    log.warn({ err: error, networkId }, 'a change of names was not applied'),
  )
  const underlays = new Map<string, string | null>()
  const unsubscribe = queue.hub().subscribe(
    ({ noun }) => nouns.has(noun),
    undefined,
    (message) => {
      if (message.type === 'reset') {
        guests.clear()
        return reconcile.now()
      }
      const { noun, change, id, data } = message.event
      routers.hear(message.event)
      groups.heard(message.event)
      qos.heard(message.event)
      names.heard(message.event)
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
      } else if (noun === 'network' && (network.has(id) || mayHaveDoor(data))) changes.add(id)
    },
  )
  const hostId = await registerHost(services, {
    name: hostName,
    zone: config.zone,
    networkDriver: driver.name,
    underlayIp: config.underlayIp ?? null,
    networkFacts: {
      ...driver.lacks,
      ...(driver.name === 'linux' && { physicalNetworks: [...doorWishes(config).interfaces.keys()] }),
    },
  })
  const answers = queue.serve({
    role: 'network',
    host: hostName,
    handlers: {
      'network.wire': async ({ portIds, standby }) => ({ ports: await network.wire(portIds, { standby }) }),
      'network.accept': async ({ portIds }) => {
        await network.accept(portIds)
        return {}
      },
      'network.copy': async ({ portIds, to }) => {
        await network.copy(portIds, to)
        return {}
      },
      'network.meet': async ({ networkIds }) => {
        await Promise.all(networkIds.map((networkId) => network.meet(networkId)))
        return {}
      },
      'network.activate': async ({ portIds }) => {
        await network.activate(portIds)
        return {}
      },
      'network.unwire': async ({ ports }) => {
        await network.unwire(ports)
        return {}
      },
      'network.routers': async ({ routerIds }) => {
        for (const routerId of routerIds) routers.refresh(routerId)
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
      await Promise.all([reconcile.stop(), changes.stop(), meetings.stop(), routers.stop(), groups.stop()])
      await Promise.all([qos.stop(), names.stop()])
      await heartbeats.stop()
      metadata.closeAllConnections()
      await new Promise<void>((resolve) => metadata.close(() => resolve()))
      await driver.close()
    },
  }
}

/** What an event says of a network: only those that lead outside concern hosts that do not have them. */
const mayHaveDoor = (data: unknown): boolean => {
  const row = data as { external?: boolean; physicalNetwork?: string | null } | null
  return Boolean(row?.external || row?.physicalNetwork)
}
