import type { DhcpPlace } from './dhcp.ts'
import { findSystemUser, isReachableByAll } from './files.ts'

/** Who the daemons of a network run as. */
export type DaemonUsers = Pick<DhcpPlace, 'dnsmasqUser' | 'proxyUser'>

/** Unprivileged users for the daemons, when they can reach their files in this directory at all; root otherwise. */
export async function chooseDaemonUsers(
  directory: string,
  log: { warn: (facts: object, message: string) => void },
): Promise<DaemonUsers> {
  if (!(await isReachableByAll(directory))) {
    log.warn({ directory }, 'DHCP and metadata proxy run as root: other users cannot reach the directory')
    return { dnsmasqUser: 'root', proxyUser: null }
  }
  const [dnsmasq, proxy] = await Promise.all([
    findSystemUser(['dnsmasq', 'nobody']),
    findSystemUser(['haproxy', 'nobody']),
  ])
  return { dnsmasqUser: dnsmasq?.name ?? 'root', proxyUser: proxy }
}
