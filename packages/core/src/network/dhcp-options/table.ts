/** What the value of an option is. */
export type DhcpOptionKind = 'address' | 'addresses' | 'text' | 'domains' | 'number' | 'flag'

/** An option that a port may be given. */
interface KnownOption {
  number: number
  kind: DhcpOptionKind
  /** Bounds of a number. */
  min?: number
  max?: number
}

const text = (number: number): KnownOption => ({ number, kind: 'text' })
const addresses = (number: number): KnownOption => ({ number, kind: 'addresses' })
const numeric = (number: number, max: number, min = 0): KnownOption => ({ number, kind: 'number', min, max })
const flag = (number: number): KnownOption => ({ number, kind: 'flag' })

/** Options of DHCP for IPv4 (RFC 2132 and later) by the names that dnsmasq has for them. */
export const knownDhcpOptions: Readonly<Record<string, KnownOption>> = {
  'time-offset': numeric(2, 86_400, -86_400),
  'dns-server': addresses(6),
  'log-server': addresses(7),
  'lpr-server': addresses(9),
  'boot-file-size': numeric(13, 65_535),
  'domain-name': text(15),
  'swap-server': { number: 16, kind: 'address' },
  'root-path': text(17),
  'extension-path': text(18),
  'ip-forward-enable': flag(19),
  'default-ttl': numeric(23, 255, 1),
  mtu: numeric(26, 9_000, 576),
  'arp-timeout': numeric(35, 86_400),
  'tcp-ttl': numeric(37, 255, 1),
  'tcp-keepalive': numeric(38, 86_400),
  'nis-domain': text(40),
  'nis-server': addresses(41),
  'ntp-server': addresses(42),
  'netbios-ns': addresses(44),
  'netbios-dd': addresses(45),
  'netbios-nodetype': numeric(46, 8, 1),
  'x-windows-fs': addresses(48),
  'x-windows-dm': addresses(49),
  'tftp-server': text(66),
  'bootfile-name': text(67),
  'smtp-server': addresses(69),
  'pop3-server': addresses(70),
  'nntp-server': addresses(71),
  'irc-server': addresses(74),
  'posix-timezone': text(100),
  'tzdb-timezone': text(101),
  'domain-search': { number: 119, kind: 'domains' },
  'tftp-server-address': addresses(150),
  'server-ip-address': { number: 255, kind: 'address' },
}

const protocol = 'DHCP itself uses it: a guest could not get or keep its address.'

/** Options that no port may be given, and why. */
const refused: readonly {
  numbers: readonly number[]
  names?: readonly string[]
  why: string
  remedy: string
}[] = [
  {
    numbers: [0, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 80, 81, 82, 90, 91, 92, 118],
    names: ['t1', 't2', 'rapid-commit', 'lease-time', 'client-id', 'server-identifier'],
    why: protocol,
    remedy: 'Leave it out.',
  },
  {
    numbers: [1],
    names: ['netmask', 'subnet-mask'],
    why: 'The range of the subnet decides it.',
    remedy: 'Change the subnet.',
  },
  {
    numbers: [12],
    names: ['hostname', 'host-name'],
    why: 'The name on the network decides it.',
    remedy: 'Give the port a name on the network.',
  },
  {
    numbers: [3, 33, 121, 249],
    names: ['router', 'static-route', 'classless-static-route'],
    why: 'The routes that guests get hold the gateway and the way to the metadata service.',
    remedy: 'Change the gateway or the host routes of the subnet.',
  },
]

/** Why an option is refused; undefined where it is not. */
export const refusalOf = (name: string): { why: string; remedy: string } | undefined =>
  refused.find(({ numbers, names }) => names?.includes(name) || numbers.includes(numberOf(name) ?? -1))

/** The number of an option; null for a name that is none. */
export const numberOf = (name: string): number | null =>
  /^\d{1,3}$/.test(name) ? Number(name) : (knownDhcpOptions[name]?.number ?? null)

/** The name that dnsmasq has for a number; the number where it has none that ports may be given. */
export const nameOf = (name: string): string => {
  const number = numberOf(name)
  return Object.entries(knownDhcpOptions).find(([, known]) => known.number === number)?.[0] ?? String(number)
}

/** True where the value is one text, commas and all. */
export const isTextOption = (name: string): boolean => (knownDhcpOptions[name]?.kind ?? 'text') === 'text'
