import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { NephosConfig } from './schema.ts'

type HomeAndHost = Pick<NephosConfig, 'home' | 'hostName'>

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** Eight hex digits that tell this cloud from others on the same machine: derived from its state directory. */
export const cloudId = ({ home }: Pick<NephosConfig, 'home'>): string => short(home)

/** Network namespace that holds every tap and bridge of a host. */
export const hostNetns = (config: HomeAndHost, host: string = config.hostName): string =>
  `nph-${cloudId(config)}-${host}`

/** Network namespace of DHCP and metadata of one network on a host. */
export const dhcpNetns = (config: HomeAndHost, segmentId: number, host: string = config.hostName): string =>
  `nphd-${short(config.home + host)}-${segmentId}`

/** Network namespace of a router on a host. */
export const routerNetns = (config: HomeAndHost, routerId: string, host: string = config.hostName): string =>
  `nphr-${short(config.home + host)}-${routerId}`

/** Eight hex digits that mark what a host has in the machine's own namespace. */
export const doorOwner = (config: HomeAndHost, host: string = config.hostName): string =>
  short(config.home + host)

/** Where everything lives below the state directory. */
export function statePaths({ home, hostName }: HomeAndHost) {
  const hosts = join(home, 'hosts')
  const run = join(home, 'run')
  return {
    postgres: join(home, 'postgres'),
    nats: join(home, 'nats'),
    images: join(home, 'images'),
    hosts,
    run,
    log: join(home, 'log'),
    guest: join(home, 'guest'),
    /** What runs: ports, addresses, processes, drivers. */
    cloudFile: join(run, 'cloud.json'),
    supervisorSocket: join(run, 'supervisor.sock'),
    adminPasswordFile: join(home, 'admin-password'),
    /** State of one host. */
    host: (name: string = hostName): string => join(hosts, name),
    instances: (name: string = hostName): string => join(hosts, name, 'instances'),
    instance: (instanceId: string, name: string = hostName): string =>
      join(hosts, name, 'instances', instanceId),
    volumes: (name: string = hostName): string => join(hosts, name, 'volumes'),
    imageCache: (name: string = hostName): string => join(hosts, name, 'cache'),
    network: (name: string = hostName): string => join(hosts, name, 'network'),
    /** What the network worker of a host says about the doors of external networks. */
    doors: (name: string = hostName): string => join(hosts, name, 'network', 'doors.json'),
  }
}

/** Name of the running process as the supervisor gave it: `api`, `web`, `control`, `compute-host1`. */
export const processName = (fallback: string): string => process.env.NEPHOS_PROCESS || fallback

/** Unix socket on which a process serves /healthz and /metrics. */
export const healthSocket = ({ home }: Pick<NephosConfig, 'home'>, name: string): string =>
  join(home, 'run', `${name}.sock`)

/** Network namespace with the bridge that joins the hosts of a lab. */
export const underlayNetns = (config: Pick<NephosConfig, 'home'>): string => `nphu-${cloudId(config)}`

/**
 * The hosts that this machine runs when it runs `count`: the configured name, then the next numbers
 * (`host1`, `host2`; `node`, `node2`).
 */
export function hostNames({ hostName }: Pick<NephosConfig, 'hostName'>, count: number): string[] {
  const [, base = hostName, digits] = /^(.*?)(\d*)$/.exec(hostName) ?? []
  const first = digits ? Number(digits) : 1
  return Array.from({ length: count }, (_, index) => (index === 0 ? hostName : `${base}${first + index}`))
}

/** Address of the lab's host at this place (0 is the first) on the network between them. */
export function labAddress(config: Pick<NephosConfig, 'home' | 'underlayCidr'>, index: number): string {
  const range = config.underlayCidr ?? `10.255.${Number.parseInt(cloudId(config).slice(0, 2), 16)}.0/24`
  return range.replace(/0\/24$/, String(index + 1))
}
