import type { VifLimits } from '@nephos/core'

/** How routers of an IPv6 subnet announce it, or how its guests get their addresses. */
export type Ipv6Mode = 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless'

/** One subnet of either family as the host applies it. */
export interface SubnetSpec {
  subnetId: string
  cidr: string
  gatewayIp: string | null
  enableDhcp: boolean
  /** Of IPv6: how we announce it; missing or null: not at all. */
  ipv6RaMode?: Ipv6Mode | null
  /** Of IPv6: how guests get their addresses of us; missing or null: not at all. */
  ipv6AddressMode?: Ipv6Mode | null
  /** Address of the DHCP and metadata listener, the same on every host. */
  dhcpIp: string | null
  dnsServers: string[]
  hostRoutes: { destination: string; nexthop: string }[]
}

/** Something that DHCP says besides. */
export interface DhcpOptionSpec {
  /** As dnsmasq calls it, or its number. */
  name: string
  value: string
}

/** A DHCP reservation. */
export interface LeaseSpec {
  mac: string
  ip: string
  hostname: string
  /** What it is told besides; all leases of a MAC have the same. */
  options?: DhcpOptionSpec[]
}

/** What is called so on a network. */
export interface NameSpec {
  /** In lower case, without the domain. */
  name: string
  ips: string[]
}

/** What other hosts have of a network. */
export interface OverlaySpec {
  /** Addresses, on the network between hosts, of those that have it, too. */
  peers: string[]
  /** Ports that are there. */
  remotes: {
    mac: string
    ips: string[]
    underlayIp: string
    /** What answers neighbour discovery for it says that it is a router. */
    router?: boolean
  }[]
}

/** How a network reaches the outside on a host. */
export interface DoorSpec {
  /** VLAN that its frames are tagged with on that interface; null: none. */
  vlan?: number | null
  /** The machine's interface whose network it is; null: the machine itself is its neighbour. */
  interface: string | null
  /** Of the machine on the network, with their length; none with an interface. */
  addresses: string[]
  mac: string
  /** What leaves the machine from the network does so under the machine's own address. */
  masquerade: boolean
}

/** Why something has no effect on a host, as a sentence; null or missing: it has. */
export interface NetworkLacks {
  noSecurityGroups?: string | null
  noRateLimits?: string | null
  noIpv6?: string | null
  noVlans?: string | null
}

/** What has become of a door. */
export interface DoorState {
  open: boolean
  /** Why it is not, or what is missing, as a sentence. */
  reason: string
}

/** A network as the host applies it. */
export interface NetworkSpec {
  networkId: string
  segmentId: number
  mtu: number
  /** False: its ports pass nothing. Contained in the ports' own state. */
  adminStateUp: boolean
  /** Limits of its ports that have none of their own; missing or null: none. */
  qosPolicyId?: string | null
  subnets: SubnetSpec[]
  /** MAC of the DHCP port. */
  dhcpMac: string | null
  leases: LeaseSpec[]
  /** Names end in it; empty or missing: the domain of the configuration. */
  dnsDomain?: string
  /** Whatever has a name on it, on this host or elsewhere. */
  names?: NameSpec[]
  ports: PortSpec[]
  /** null: this host stands alone. */
  overlay: OverlaySpec | null
  /** Missing or null: it has no door here. */
  door?: DoorSpec | null
}

/** How a port is handed over between two hosts while its guest runs. */
export type Handover =
  /** Its guest is elsewhere: it hears nothing here but what the host of its guest copies for it, which waits in the tap. */
  | { kind: 'standby' }
  /** It is here from now on, though the overlay is still told that it is elsewhere. */
  | { kind: 'arriving' }
  /** Its guest may go soon: what is for it is copied to the host with this address on the overlay. */
  | { kind: 'copied'; to: string }

/** One port bound to this host. */
export interface PortSpec {
  portId: string
  networkId: string
  mac: string
  ips: string[]
  /** Drop what does not come from the port's own MAC and addresses. */
  portSecurity: boolean
  adminStateUp: boolean
  /** What it may send besides its own, and what counts as it: addresses or ranges. */
  allowedPairs?: { mac: string; cidr: string }[]
  /** What is let through to it and from it; missing or null: nothing filters it. */
  securityGroups?: readonly string[] | null
  /** It is wired here, and its guest is on another host until it has moved. */
  standby?: boolean
  /** What it may carry; nothing limits it where this is missing. */
  limits?: VifLimits | null
  /** How what it sends is marked; missing or null: as its guest does. */
  dscp?: number | null
  /** Where both come from: policies, and the flavor of its instance. */
  qos?: { portPolicyId: string | null; networkPolicyId: string | null; flavor: VifLimits | null }
  /** Missing or null for a port that is here and nowhere else. */
  handover?: Handover | null
}

/** One thing that a security group lets through. */
export interface SecurityRuleSpec {
  direction: 'ingress' | 'egress'
  /** Missing: IPv4. */
  ethertype?: 'IPv4' | 'IPv6'
  /** Number of the protocol; null: every one. */
  protocol: number | null
  /** First and last port of the receiver, or type and code of ICMP; null: all. */
  portMin: number | null
  portMax: number | null
  /** The other side: these addresses, or the members of this group or address group; both null: anybody. */
  cidr: string | null
  groupId: string | null
}

/** A security group with its rules. */
export interface SecurityGroupSpec {
  groupId: string
  /** Answers of what a rule lets through pass by themselves. */
  stateful: boolean
  rules: readonly SecurityRuleSpec[]
}

/** An address (or range of addresses) that counts as a member of a group. */
export interface GroupMemberSpec {
  /** Where it is; null: one of an address group, which counts on every network. */
  networkId: string | null
  address: string
}

/** What the security groups of a host's ports say. Parts that are the same object as before have not changed. */
export interface FirewallSpec {
  groups: ReadonlyMap<string, SecurityGroupSpec>
  /** Members of the groups that rules name. */
  members: ReadonlyMap<string, readonly GroupMemberSpec[]>
}

/** A port that is up. */
export interface WiredPort {
  portId: string
  tap: string
  /** Network namespace that holds the tap; null for the host's own. */
  netns: string | null
  mtu: number
}

/** What a router has on one network: a port, with its addresses. */
export interface RouterPortSpec {
  portId: string
  networkId: string
  segmentId: number
  mtu: number
  mac: string
  /** With their length: `10.0.0.1/24`. */
  addresses: string[]
  /** IPv6 subnets of it that the router announces to guests, itself as the way to everywhere. */
  announced?: { cidr: string; mode: Ipv6Mode }[]
  /** False: nothing passes through it. */
  up: boolean
}

/** A router as its host applies it. */
export interface RouterSpec {
  routerId: string
  interfaces: RouterPortSpec[]
  gateway:
    | (RouterPortSpec & {
        /** Where everything goes that is on no network of the router; null: nowhere. */
        nexthop: string | null
        /** The same for IPv6. */
        nexthop6?: string | null
        /** IPv4 that leaves by the gateway does so under the gateway's own address. */
        snat: boolean
      })
    | null
  routes: { destination: string; nexthop: string }[]
  /** Addresses on the gateway's network that stand for one address inside, in both directions. */
  floatingIps: { address: string; fixedIp: string }[]
  /** Single ports of addresses on the gateway's network. */
  forwardings: { address: string; protocol: string; port: number; toAddress: string; toPort: number }[]
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
  /**
   * Applies how these ports are handed over, and nothing else: network and taps must be there.
   * @param spec the network with all of its ports
   */
  handOver(spec: NetworkSpec, portIds: readonly string[]): Promise<void>
  /** Drops what waits in the taps of these ports. */
  emptyTaps(portIds: readonly string[]): Promise<void>
  removePort(portId: string): Promise<void>
  /** What cannot be done here, and why. */
  readonly lacks: NetworkLacks
  /** Makes this what security groups let through. Connections that are not allowed any more are cut. */
  setFirewall(spec: FirewallSpec): Promise<void>
  /** The guests of these ports have moved here: their connections go on, though nothing is known of them here. */
  arrived(portIds: readonly string[]): Promise<void>
  removeNetwork(networkId: string): Promise<void>
  /** A router with its interfaces, addresses, routes and translations. Its networks must be there. */
  ensureRouter(spec: RouterSpec): Promise<void>
  /** Takes a router away. One that is not there is fine. */
  removeRouter(routerId: string): Promise<void>
  /** What is there now, by Nephos's own names: for the reconciler and for tests that nothing is left. */
  inspect(): Promise<{ networks: string[]; ports: string[]; routers: string[] }>
  /** Makes reality equal to this; removes what is not in it, routers first. */
  reconcile(desired: NetworkSpec[], routers?: readonly RouterSpec[]): Promise<void>
  /** What has become of a network's door; null where it has none. */
  doorState(networkId: string): DoorState | null
  /** Removes everything of this host, its namespace too. */
  destroy(): Promise<void>
  /** Lets go without removing anything: guests keep their network, a new driver finds all of it again. */
  close(): Promise<void>
}
