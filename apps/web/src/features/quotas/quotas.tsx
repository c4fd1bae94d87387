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
  images: 'Images',
  image_bytes: 'Image storage',
}

/** How people call a resource with a limit. */
export const quotaLabel = (resource: string): string => labels[resource] ?? resource.replaceAll('_', ' ')

/** An amount in the unit that people use: memory and storage in bytes, the rest as a number. */
export function quotaFormat(resource: string, value: number): string {
  if (resource === 'ram') return splitMib(value).join(' ')
  if (resource === 'image_bytes') return splitBytes(value).join(' ')
  return String(value)
}

/** The page of what fills a quota. */
export function quotaPage(resource: string): string {
  if (resource === 'key_pairs') return paths.keyPairs()
  if (resource === 'images' || resource === 'image_bytes') return paths.images()
  if (['networks', 'subnets', 'ports'].includes(resource)) return paths.networks()
  return paths.instances()
}
