import type { MachineOptions } from './options.ts'

/**
 * What a host lacks that a machine needs, as a sentence; null when it has all. A pure function.
 * @param facts as its compute worker reported them; one that is not there lacks nothing
 */
export function hostLacks(
  options: Pick<MachineOptions, 'firmware' | 'cpuLimits'>,
  facts: unknown,
): string | null {
  const has = (name: string) => (facts as Record<string, unknown> | null)?.[name] !== false
  const why = (name: string) => {
    const reason = (facts as Record<string, unknown> | null)?.[name]
    return typeof reason === 'string' ? ` ${reason}` : ''
  }
  if (options.firmware === 'uefi' && !has('uefi'))
    return `It has no UEFI firmware (hw_firmware_type).${why('uefiReason')}`
  if (options.cpuLimits && !has('cpuLimits'))
    return `It cannot limit CPU time (quota:cpu_…).${why('cpuLimitsReason')}`
  return null
}
