import { runTool } from '../host-tools.ts'

/**
 * What makes a namespace a router: it forwards, believes no sender whose answer would go elsewhere, answers ARP only on
 * the network that an address belongs to, sends and believes no redirects, and says where it is when a MAC is set.
 */
const settings: Record<string, string> = {
  'net/ipv4/ip_forward': '1',
  'net/ipv4/conf/all/rp_filter': '1',
  'net/ipv4/conf/default/rp_filter': '1',
  'net/ipv4/conf/all/arp_ignore': '1',
  'net/ipv4/conf/all/arp_announce': '2',
  'net/ipv4/conf/all/arp_notify': '1',
  'net/ipv4/conf/default/arp_notify': '1',
  'net/ipv4/conf/all/accept_redirects': '0',
  'net/ipv4/conf/default/accept_redirects': '0',
  'net/ipv4/conf/all/send_redirects': '0',
  'net/ipv4/conf/default/send_redirects': '0',
  'net/ipv4/conf/all/accept_source_route': '0',
  'net/ipv4/conf/default/accept_source_route': '0',
}

/** Makes a namespace forward as a router does. Doing it again changes nothing. */
export async function applySettings(netns: string): Promise<void> {
  const writes = Object.entries(settings).map(([key, value]) => `echo ${value} >/proc/sys/${key}`)
  await runTool(['sh', '-c', `set -e; ${writes.join('; ')}`], { netns })
}
