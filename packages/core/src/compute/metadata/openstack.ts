import { bytes, json, listing, type MetadataDocument, text } from './document.ts'
import { networkData } from './network-data.ts'
import { guestHostname, type MetadataSource } from './source.ts'

/** Versions of the OpenStack tree, oldest first; the last one stands for the newest. */
export const openstackVersions = [
  '2012-08-10',
  '2013-04-04',
  '2013-10-17',
  '2015-10-15',
  '2016-06-30',
  '2016-10-06',
  '2017-02-22',
  '2018-08-27',
  '2020-10-14',
  'latest',
] as const

const newest = '2020-10-14'

/** The date whose rules hold: an unknown version is taken as the newest. */
const effective = (version: string): string =>
  version !== 'latest' && (openstackVersions as readonly string[]).includes(version) ? version : newest

/**
 * A document of the tree below `/openstack`, or null when there is none.
 * @param path what follows `/openstack`, in parts without empty ones
 * @param randomSeed 512 random bytes, made for each request
 */
export function openstackDocument(
  source: MetadataSource,
  path: readonly string[],
  randomSeed: () => Uint8Array,
): MetadataDocument | null {
  const [version, name, ...rest] = path
  if (version === undefined) return listing(openstackVersions)
  if (version === 'content' || rest.length > 0) return null
  const date = effective(version)
  if (name === undefined) return listing(documentNames(source, date))
  if (!documentNames(source, date).includes(name)) return null
  switch (name) {
    case 'meta_data.json':
      return json(metaData(source, date, randomSeed))
    case 'user_data':
      return bytes(source.userData!)
    case 'password':
      return text(source.guestPassword ?? '')
    case 'network_data.json':
      return json(networkData(source))
    default:
      return json({})
  }
}

function documentNames(source: MetadataSource, date: string): string[] {
  return [
    'meta_data.json',
    ...(source.userData ? ['user_data'] : []),
    ...(date >= '2013-04-04' ? ['password'] : []),
    ...(date >= '2013-10-17' ? ['vendor_data.json'] : []),
    ...(date >= '2015-10-15' ? ['network_data.json'] : []),
    ...(date >= '2016-10-06' ? ['vendor_data2.json'] : []),
  ]
}

function metaData(source: MetadataSource, date: string, randomSeed: () => Uint8Array) {
  const { key, metadata } = source
  return {
    uuid: source.instanceId,
    ...(Object.keys(metadata).length > 0 && { meta: metadata }),
    ...(key && { public_keys: { [key.name]: key.publicKey } }),
    hostname: guestHostname(source),
    name: source.name,
    launch_index: source.launchIndex,
    availability_zone: source.zone,
    ...(date >= '2013-04-04' && { random_seed: Buffer.from(randomSeed()).toString('base64') }),
    ...(key && date >= '2015-10-15' && { keys: [{ name: key.name, type: 'ssh', data: key.publicKey }] }),
    ...(date >= '2015-10-15' && { project_id: source.projectId }),
    ...(date >= '2016-06-30' && { devices: [] }),
    ...(date >= '2020-10-14' && { dedicated_cpus: [] }),
  }
}
