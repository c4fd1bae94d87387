/** What is opened most often. `protocol` empty: every one. */
export const presets = [
  { value: 'ssh', label: 'SSH', protocol: 'tcp', from: '22', to: '22' },
  { value: 'http', label: 'HTTP', protocol: 'tcp', from: '80', to: '80' },
  { value: 'https', label: 'HTTPS', protocol: 'tcp', from: '443', to: '443' },
  { value: 'icmp', label: 'Ping (ICMP)', protocol: 'icmp', from: '8', to: '' },
  { value: 'rdp', label: 'RDP', protocol: 'tcp', from: '3389', to: '3389' },
  { value: 'dns', label: 'DNS', protocol: 'udp', from: '53', to: '53' },
  { value: 'mysql', label: 'MySQL', protocol: 'tcp', from: '3306', to: '3306' },
  { value: 'postgresql', label: 'PostgreSQL', protocol: 'tcp', from: '5432', to: '5432' },
  { value: 'tcp', label: 'Every TCP port', protocol: 'tcp', from: '', to: '' },
  { value: 'udp', label: 'Every UDP port', protocol: 'udp', from: '', to: '' },
  { value: 'all', label: 'Everything', protocol: '', from: '', to: '' },
  { value: 'custom', label: 'Custom…', protocol: 'tcp', from: '', to: '' },
] as const
export type Preset = (typeof presets)[number]['value']

/** Ports that nobody opens to everybody without being asked, and why. */
const dangerous: readonly [port: number, what: string][] = [
  [22, 'SSH: passwords are guessed within hours'],
  [23, 'Telnet: passwords travel in the clear'],
  [445, 'file sharing of Windows'],
  [2375, 'Docker: whoever reaches it owns the machine'],
  [3306, 'MySQL'],
  [3389, 'RDP: passwords are guessed within hours'],
  [5432, 'PostgreSQL'],
  [5900, 'VNC'],
  [6379, 'Redis: it asks for no password'],
  [9200, 'Elasticsearch: it asks for no password'],
  [11_211, 'memcached: it asks for no password'],
  [27_017, 'MongoDB'],
]

/** What a rule opens, as far as a warning needs to know. */
export interface Opening {
  direction: string
  protocol: string | null
  portMin: number | null
  portMax: number | null
  remoteIpPrefix: string | null
  remoteGroupId: string | null
  remoteAddressGroupId?: string | null
}

/** True where anybody at all is the other side. */
export const isFromAnywhere = ({ remoteIpPrefix, remoteGroupId, remoteAddressGroupId }: Opening): boolean =>
  !remoteGroupId &&
  !remoteAddressGroupId &&
  (remoteIpPrefix === null || /^(0\.0\.0\.0|::)\/0$/.test(remoteIpPrefix))

/** Why opening this to everybody is dangerous, as a sentence; null where it is not. */
export function dangerOf(rule: Opening): string | null {
  if (rule.direction !== 'ingress' || !isFromAnywhere(rule)) return null
  if (rule.protocol === null) return 'Everything is open to everybody.'
  if (rule.protocol !== 'tcp' && rule.protocol !== 'udp') return null
  if (rule.portMin === null) return `Every ${rule.protocol.toUpperCase()} port is open to everybody.`
  const hits = dangerous.filter(([port]) => port >= rule.portMin! && port <= (rule.portMax ?? rule.portMin!))
  if (rule.protocol !== 'tcp' || hits.length === 0) return null
  const named = hits.slice(0, 2).map(([port, what]) => `${port} (${what})`)
  const more = hits.length > 2 ? ` and ${hits.length - 2} more` : ''
  return `Open to everybody: ${named.join(', ')}${more}.`
}
