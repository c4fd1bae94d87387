/**
 * What is measured of an instance, in the order in which it is stored: new ones go to the end. Units: `cpu` percent of
 * its vCPUs, memory in bytes, everything else per second. Network as the guest sees it.
 */
export const instanceSeries = [
  'cpu',
  'memoryUsed',
  'memoryResident',
  'diskReadBytes',
  'diskWriteBytes',
  'diskReadOps',
  'diskWriteOps',
  'netRxBytes',
  'netTxBytes',
  'netRxPackets',
  'netTxPackets',
] as const
export type InstanceSeries = (typeof instanceSeries)[number]

/** What is measured of a host: `cpu` percent of all its CPUs, `load` of one minute, bytes, and bytes per second. */
export const hostSeries = [
  'cpu',
  'load',
  'memoryUsed',
  'diskUsed',
  'diskReadBytes',
  'diskWriteBytes',
  'netRxBytes',
  'netTxBytes',
] as const
export type HostSeries = (typeof hostSeries)[number]
