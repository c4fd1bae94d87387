import type { VifLimits } from '@nephos/core'

/** One IPv4 subnet as the host applies it. */
export interface SubnetSpec {
  subnetId: string
  cidr: string
  gatewayIp: string | null
  enableDhcp: boolean
  /** Address of the DHCP and metadata listener, the same on every host. */
  dhcpIp: string | null
  dnsServers: string[]
  hostRoutes: { destination: string; nexthop: string }[]
}

/** A DHCP reservation. */
export interface LeaseSpec {
  mac: string
  ip: string
  hostname: string
}

/** What other hosts have of a network. */
export interface OverlaySpec {
  /** Addresses, on the network between hosts, of those that have it, too. */
  peers: string[]
  /** Ports that are there. */
  remotes: { mac: string; ips: string[]; underlayIp: string }[]
}

/** A network as the host applies it. */
export interface NetworkSpec {
  networkId: string
  segmentId: number
  mtu: number
  /** False: its ports pass nothing. Contained in the ports' own state. */
  adminStateUp: boolean
  subnets: SubnetSpec[]
  /** MAC of the DHCP port. */
  dhcpMac: string | null
  leases: LeaseSpec[]
  ports: PortSpec[]
  /** null: this host stands alone. */
  overlay: OverlaySpec | null
}

/** One port bound to this host. */
export interface PortSpec {
  portId: string
  networkId: string
  mac: string
  ips: string[]
  /** Drop what does not come from the port's own MAC and addresses. */
  portSecurity: boolean
  adminStateUp: boolean
  /** What it may carry; nothing limits it where this is missing. */
  limits?: VifLimits | null
}

/** A port that is up. */
export interface WiredPort {
  portId: string
  tap: string
  /** Network namespace that holds the tap; null for the host's own. */
  netns: string | null
  mtu: number
}

/**
 * The network of one host: bridges, taps, DHCP, metadata listeners and anti-spoofing, inside the host's own network
 * namespace. Every method takes what is desired and applies the difference; asking twice changes nothing.
 * @throws NephosError driver_failed with the tool's own words
 */
export interface NetworkDriver {
  readonly name: 'linux' | 'simulated'
  /** Prepares the host's namespace. */
  open(): Promise<void>
  /** Bridge, DHCP, metadata listener, leases, and the way to the other hosts. */
  ensureNetwork(spec: NetworkSpec): Promise<void>
  /** Tap on the network's bridge, with its anti-spoofing. The network must be there. */
  ensurePort(spec: PortSpec, mtu: number): Promise<WiredPort>
  removePort(portId: string): Promise<void>
  removeNetwork(networkId: string): Promise<void>
  /** What is there now, by Nephos's own names: for the reconciler and for tests that nothing is left. */
  inspect(): Promise<{ networks: string[]; ports: string[] }>
  /** Makes reality equal to this; removes what is not in it. */
  reconcile(desired: NetworkSpec[]): Promise<void>
  /** Removes everything of this host, its namespace too. */
  destroy(): Promise<void>
  /** Lets go without removing anything: guests keep their network, a new driver finds all of it again. */
  close(): Promise<void>
}
