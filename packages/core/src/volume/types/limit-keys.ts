import type { VolumeLimits } from '../connection.ts'

/** Keys of a QoS spec and what they limit. */
export const limitKeys = {
  total_iops_sec: 'totalIops',
  read_iops_sec: 'readIops',
  write_iops_sec: 'writeIops',
  total_bytes_sec: 'totalBytes',
  read_bytes_sec: 'readBytes',
  write_bytes_sec: 'writeBytes',
  total_iops_sec_max: 'totalIopsMax',
  read_iops_sec_max: 'readIopsMax',
  write_iops_sec_max: 'writeIopsMax',
  total_bytes_sec_max: 'totalBytesMax',
  read_bytes_sec_max: 'readBytesMax',
  write_bytes_sec_max: 'writeBytesMax',
} as const satisfies Record<string, keyof VolumeLimits>

/** Keys whose value is multiplied by the GiB of the volume, and what they limit. */
export const perGibKeys = {
  total_iops_sec_per_gb: 'totalIops',
  read_iops_sec_per_gb: 'readIops',
  write_iops_sec_per_gb: 'writeIops',
  total_bytes_sec_per_gb: 'totalBytes',
  read_bytes_sec_per_gb: 'readBytes',
  write_bytes_sec_per_gb: 'writeBytes',
} as const satisfies Record<string, keyof VolumeLimits>
