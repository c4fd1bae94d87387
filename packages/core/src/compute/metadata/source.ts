/** Everything that the metadata service says about one instance. */
export interface MetadataSource {
  instanceId: string
  projectId: string
  name: string
  /** Host part of the name that the guest gets. */
  hostname: string
  /** Domain of the names that guests get; empty for none. */
  dhcpDomain: string
  launchIndex: number
  zone: string
  metadata: Record<string, string>
  key: { name: string; publicKey: string } | null
  userData: Uint8Array | null
  /** Encrypted administrator password that the guest left; null when it left none. */
  guestPassword: string | null
  reservationId: string
  /** Number that the EC2 id is made of. */
  ec2Id: number
  imageId: string | null
  flavorName: string
  /** Sizes of the ephemeral disk and the swap area; nothing where it has none. */
  ephemeralGib?: number
  swapMib?: number
  /** In the order of the guest's interfaces. */
  ports: MetadataPort[]
}

/** One interface of the instance. */
export interface MetadataPort {
  portId: string
  macAddress: string
  networkId: string
  mtu: number
  /** IPv4 first. */
  addresses: MetadataAddress[]
}

/** One address of an interface, with what its subnet says. */
export interface MetadataAddress {
  ipAddress: string
  cidr: string
  gatewayIp: string | null
  enableDhcp: boolean
  /** Of IPv6, how the guest gets the address: `slaac`, `dhcpv6-stateful`, `dhcpv6-stateless`; null: by these facts alone. */
  ipv6AddressMode?: string | null
  dnsServers: string[]
  hostRoutes: { destination: string; nexthop: string }[]
}

/** The name that the guest knows itself by: with the domain, when there is one. */
export const guestHostname = ({ hostname, dhcpDomain }: Pick<MetadataSource, 'hostname' | 'dhcpDomain'>) =>
  dhcpDomain ? `${hostname}.${dhcpDomain}` : hostname
