/** What travels: a connection or, with `icmp`, a ping. */
export interface Packet {
  protocol: 'tcp' | 'udp' | 'icmp'
  /** Of the receiver; null with `icmp`. */
  port: number | null
  /** null: anybody outside. */
  source: string | null
  destination: string
}

/** What decides at a hop, so that it can be opened. */
export interface HopResource {
  noun: 'instance' | 'port' | 'network' | 'subnet' | 'router' | 'floating-ip' | 'security-group'
  id: string
  name: string
  /** Of a port or subnet. */
  networkId: string | null
}

/** A rule of a security group that would let it pass. */
export interface MissingRule {
  securityGroupId: string
  securityGroupName: string
  direction: 'ingress' | 'egress'
  ethertype: 'IPv4' | 'IPv6'
  protocol: 'tcp' | 'udp' | 'icmp' | 'ipv6-icmp'
  port: number | null
  /** null: anybody. */
  remoteIpPrefix: string | null
}

/** One thing on the way. */
export interface Hop {
  /** `there`: on the way there; `back`: on the way of the answer. */
  way: 'there' | 'back'
  /** `unknown`: it passes as far as this cloud, or this project, can tell. */
  verdict: 'passes' | 'stops' | 'unknown'
  /** What it is: "Sent by web", "Router edge". */
  title: string
  /** Why, as a sentence. */
  reason: string
  /** What would let it pass, as a sentence; null where nothing has to. */
  remedy: string | null
  resource: HopResource | null
  missingRule: MissingRule | null
}

/** Whether one end reaches the other, and what decides. */
export interface ReachabilityAnswer {
  /** `leaves`: it gets as far as this project can see. */
  verdict: 'reaches' | 'stopped' | 'leaves'
  /** The whole answer, as a sentence. */
  summary: string
  /** What was sent; null when it is clear before that nothing can be sent. */
  packet: Packet | null
  hops: Hop[]
}
