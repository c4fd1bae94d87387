export { hostLacks } from './host-lacks.ts'
export {
  type CpuLimits,
  type CpuTopology,
  type DiskLimits,
  type MachineOptions,
  type MachineSource,
  machineOptions,
  type RateLimit,
  type VifLimits,
  vifLimits,
} from './options.ts'
