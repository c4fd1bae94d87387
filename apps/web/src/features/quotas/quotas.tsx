import { paths } from '#paths.ts'
import { splitBytes, splitMib } from '#ui/format.ts'

const labels: Record<string, string> = {
  instances: 'Instances',
  cores: 'vCPUs',
  ram: 'Memory',
  key_pairs: 'Key pairs',
  networks: 'Networks',
  subnets: 'Subnets',
  ports: 'Ports',
  routers: 'Routers',
  floating_ips: 'Floating IPs',
  security_groups: 'Security groups',
  security_group_rules: 'Rules of security groups',
  rbac_policies: 'Shared networks',
  address_groups: 'Address groups',
  images: 'Images',
  image_bytes: 'Image storage',
  volumes: 'Volumes',
  gigabytes: 'Volume storage',
  snapshots: 'Snapshots of volumes',
  backups: 'Backups of volumes',
  backup_gigabytes: 'Storage of volume backups',
  per_volume_gigabytes: 'Largest volume',
}

/** The part of a resource that is of one type of volumes: `volumes_ssd`. */
const ofType = (resource: string): string | null => {
  const [, what, type] = /^(volumes|gigabytes|snapshots)_(.+)$/.exec(resource) ?? []
  return what ? `${labels[what]} of type ${type}` : null
}

/** How people call a resource with a limit. */
export const quotaLabel = (resource: string): string =>
  labels[resource] ?? ofType(resource) ?? resource.replaceAll('_', ' ')

/** An amount in the unit that people use: memory and storage in bytes, the rest as a number. */
export function quotaFormat(resource: string, value: number): string {
  if (resource === 'ram') return splitMib(value).join(' ')
  if (resource === 'image_bytes') return splitBytes(value).join(' ')
  if (/^((per_volume|backup)_)?gigabytes(_|$)/.test(resource)) return `${value} GiB`
  return String(value)
}

/** The page of what fills a quota. */
export function quotaPage(resource: string): string {
  if (resource === 'key_pairs') return paths.keyPairs()
  if (resource === 'images' || resource === 'image_bytes') return paths.images()
  if (['networks', 'subnets', 'ports'].includes(resource)) return paths.networks()
  if (resource === 'routers') return paths.routers()
  if (resource === 'floating_ips') return paths.floatingIps()
  if (resource === 'rbac_policies') return paths.networks()
  if (resource === 'address_groups') return paths.addressGroups()
  if (/^snapshots(_|$)/.test(resource)) return paths.volumeSnapshots()
  if (resource === 'backups' || resource === 'backup_gigabytes') return paths.volumeBackups()
  if (/^(volumes|gigabytes|per_volume_gigabytes)(_|$)/.test(resource)) return paths.volumes()
  if (resource.startsWith('security_group')) return paths.securityGroups()
  return paths.instances()
}
