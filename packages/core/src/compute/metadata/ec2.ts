import { createHash } from 'node:crypto'
import { versionOf } from '../../network/addresses/ip.ts'
import { bytes, listing, type MetadataDocument, text } from './document.ts'
import { guestHostname, type MetadataSource } from './source.ts'

/** Versions of the EC2 tree. */
export const ec2Versions = [
  '1.0',
  '2007-01-19',
  '2007-03-01',
  '2007-08-29',
  '2007-10-10',
  '2007-12-15',
  '2008-02-01',
  '2008-09-01',
  '2009-04-04',
  'latest',
] as const

/** `i-0000002a` for 42. */
export const ec2InstanceId = (number: number): string => `i-${number.toString(16).padStart(8, '0')}`

/** The EC2 id of an image: eight hex digits that its id always gives. */
export const ec2ImageId = (imageId: string): string =>
  `ami-${createHash('sha256').update(imageId).digest('hex').slice(0, 8)}`

/** A directory maps names to what is there: a value, a directory, or nothing. */
interface Directory {
  [name: string]: string | Directory | undefined
}

/**
 * A document of the EC2 tree, or null when there is none.
 * @param path the whole path, in parts without empty ones
 */
export function ec2Document(source: MetadataSource, path: readonly string[]): MetadataDocument | null {
  const [version, kind, ...rest] = path
  if (version === undefined) return listing(ec2Versions)
  if (!(ec2Versions as readonly string[]).includes(version)) return null
  if (kind === undefined) return listing(['meta-data/', ...(source.userData ? ['user-data'] : [])])
  if (kind === 'user-data') return rest.length === 0 && source.userData ? bytes(source.userData) : null
  if (kind !== 'meta-data') return null
  const found = rest.reduce<string | Directory | undefined>(
    (place, name) => (typeof place === 'object' && Object.hasOwn(place, name) ? place[name] : undefined),
    metaData(source),
  )
  if (found === undefined) return null
  return typeof found === 'string' ? text(found) : listing(namesIn(found, rest.join('/'), source))
}

function namesIn(directory: Directory, path: string, { key }: MetadataSource): string[] {
  if (path === 'public-keys' && key) return [`0=${key.name}`]
  return Object.entries(directory)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === 'object' ? `${name}/` : name))
}

/** The disks in the order in which the machine has them. */
function blockDevices({ ephemeralGib = 0, swapMib = 0 }: MetadataSource): Directory {
  return {
    ami: 'vda',
    root: '/dev/vda',
    ephemeral0: ephemeralGib > 0 ? '/dev/vdb' : undefined,
    swap: swapMib > 0 ? `/dev/vd${ephemeralGib > 0 ? 'c' : 'b'}` : undefined,
  }
}

/** `meta-data` of the EC2 tree as one document, as config drives have it. */
export const ec2MetaData = (source: MetadataSource): object => metaData(source)

function metaData(source: MetadataSource): Directory {
  const hostname = guestHostname(source)
  const { key } = source
  return {
    'ami-id': source.imageId ? ec2ImageId(source.imageId) : '',
    'ami-launch-index': String(source.launchIndex),
    'ami-manifest-path': 'FIXME',
    'block-device-mapping': blockDevices(source),
    hostname,
    'instance-action': 'none',
    'instance-id': ec2InstanceId(source.ec2Id),
    'instance-type': source.flavorName,
    'local-hostname': hostname,
    'local-ipv4':
      source.ports.flatMap(({ addresses }) => addresses).find(({ ipAddress }) => versionOf(ipAddress) === 4)
        ?.ipAddress ?? '',
    placement: { 'availability-zone': source.zone },
    'public-hostname': hostname,
    'public-ipv4': '',
    'public-keys': key ? { '0': { 'openssh-key': key.publicKey } } : undefined,
    'reservation-id': source.reservationId,
    'security-groups': '',
  }
}
