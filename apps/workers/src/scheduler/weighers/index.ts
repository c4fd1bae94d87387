import { cpuWeigher } from './cpu.ts'
import { diskWeigher } from './disk.ts'
import { ramWeigher } from './ram.ts'
import type { Weigher } from './weigher.ts'

/** Every weigher. */
export const weighers: readonly Weigher[] = [ramWeigher, cpuWeigher, diskWeigher]
