import { formatMib } from '#ui/format.ts'
import type { HostRow } from '../hosts/row.ts'

/** What a flavor gives to an instance. */
export interface Sizes {
  vcpus: number
  ramMib: number
  /** 0: as large as the image. */
  diskGib: number
  ephemeralGib: number
  swapMib: number
}

/** An instance that may get another flavor. */
export interface Resizable extends Sizes {
  flavorId: string
}

/** A flavor that it may get. */
export interface Offered extends Sizes {
  id: string
  disabled: boolean
}

/**
 * Why an instance cannot get a flavor, as a sentence, or null when it can. The cloud refuses the same.
 * @param image that it was made from, where it still exists
 */
export function whyNoResize(
  instance: Resizable,
  flavor: Offered,
  image?: { name: string; minRamMib: number } | null,
): string | null {
  if (flavor.id === instance.flavorId) return 'The instance has it already.'
  if (flavor.disabled) return 'It is disabled.'
  if (flavor.diskGib < instance.diskGib)
    return `Its disk of ${flavor.diskGib} GiB is smaller than the present one of ${instance.diskGib} GiB; disks cannot shrink.`
  if (flavor.ephemeralGib < instance.ephemeralGib)
    return `Its ephemeral disk of ${flavor.ephemeralGib} GiB is smaller than the present one of ${instance.ephemeralGib} GiB; disks cannot shrink.`
  if (image && flavor.ramMib < image.minRamMib)
    return `${image.name} needs ${formatMib(image.minRamMib)} of memory; this has ${formatMib(flavor.ramMib)}.`
  return null
}

/** "2 vCPU, 4 GiB memory, 20 GiB disk": what a flavor has. */
export function sizeWords({ vcpus, ramMib, diskGib, ephemeralGib, swapMib }: Sizes): string {
  return [
    `${vcpus} vCPU`,
    `${formatMib(ramMib)} memory`,
    diskWords(diskGib),
    ...(ephemeralGib > 0 ? [`${ephemeralGib} GiB ephemeral disk`] : []),
    ...(swapMib > 0 ? [`${formatMib(swapMib)} swap`] : []),
  ].join(', ')
}

const diskWords = (gib: number) => (gib > 0 ? `${gib} GiB disk` : 'disk as large as the image')

/** One thing that a resize changes. */
export interface SizeChange {
  label: string
  before: string
  after: string
}

/** What becomes different, in the order of importance. */
export function sizeChanges(before: Sizes, after: Sizes): SizeChange[] {
  const gib = (value: number) => (value > 0 ? `${value} GiB` : 'none')
  const mib = (value: number) => (value > 0 ? formatMib(value) : 'none')
  const root = (value: number) => (value > 0 ? `${value} GiB` : 'as the image')
  const rows: [string, number, number, (value: number) => string][] = [
    ['vCPUs', before.vcpus, after.vcpus, String],
    ['Memory', before.ramMib, after.ramMib, mib],
    ['Disk', before.diskGib, after.diskGib, root],
    ['Ephemeral disk', before.ephemeralGib, after.ephemeralGib, gib],
    ['Swap', before.swapMib, after.swapMib, mib],
  ]
  return rows.flatMap(([label, old, next, words]) =>
    old === next ? [] : [{ label, before: words(old), after: words(next) }],
  )
}

/** Why an instance cannot be sent to a host, as a sentence, or null when the scheduler may allow it. */
export function whyNoDestination(
  host: Pick<HostRow, 'name' | 'up' | 'enabled' | 'maintenance'>,
  from: string | null,
): string | null {
  if (host.name === from) return 'The instance is there.'
  if (!host.up) return 'It is down.'
  if (host.maintenance) return 'It is under maintenance.'
  if (!host.enabled) return 'It is disabled.'
  return null
}
