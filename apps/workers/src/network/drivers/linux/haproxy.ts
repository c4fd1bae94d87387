import { metadataAddress6 } from './ipv6/served.ts'
import { dhcpInterface, metadataAddress, type NetworkPaths } from './names.ts'

/** Who haproxy becomes once it listens; null keeps it as it is. */
export interface ProxyUser {
  name: string
  gid: number
}

/**
 * Configuration of a network's metadata proxy: it listens on the metadata address inside the network's DHCP
 * namespace and tells the service of the host who is asking. What a guest says about that is dropped.
 */
export const haproxyConfig = (
  networkId: string,
  socket: string,
  user: ProxyUser | null,
  ipv6 = false,
): string => `global
  maxconn 256
  nbthread 1
${user ? `  user ${user.name}\n  gid ${user.gid}\n` : ''}
defaults
  mode http
  retries 2
  timeout connect 3s
  timeout client 10s
  timeout server 15s
  timeout http-request 5s
  timeout http-keep-alive 5s

frontend metadata
  bind ${metadataAddress}:80
${ipv6 ? `  bind [${metadataAddress6}]:80 interface ${dhcpInterface}\n` : ''}  http-request deny deny_status 400 if { req.hdr_cnt(content-length) gt 1 }
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Network-ID ${networkId}
  http-request del-header X-Instance-ID
  http-request del-header X-Tenant-ID
  http-request del-header X-Instance-ID-Signature
  default_backend service

backend service
  server service unix@${socket}
`

/** The command line of a network's metadata proxy. */
export const haproxyCommand = (paths: NetworkPaths): string[] => [
  'haproxy',
  '-D',
  '-q',
  '-f',
  paths.haproxyConfig,
  '-p',
  paths.haproxyPid,
]
