import { buildFailuresWeigher } from './build-failures.ts'
import { cpuWeigher } from './cpu.ts'
import { diskWeigher } from './disk.ts'
import { ioOpsWeigher } from './io-ops.ts'
import { numInstancesWeigher } from './num-instances.ts'
import { ramWeigher } from './ram.ts'
import { softAffinityWeigher } from './soft-affinity.ts'
import { softAntiAffinityWeigher } from './soft-anti-affinity.ts'
import type { Weigher } from './weigher.ts'

/** Every weigher; one whose multiplier is 0 is not asked. */
export const weighers: readonly Weigher[] = [
  buildFailuresWeigher,
  softAffinityWeigher,
  softAntiAffinityWeigher,
  ramWeigher,
  cpuWeigher,
  diskWeigher,
  ioOpsWeigher,
  numInstancesWeigher,
]
