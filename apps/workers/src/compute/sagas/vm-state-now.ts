import type { VmStateName } from '@nephos/core'
import type { MachineStatus } from '../driver.ts'

/**
 * What an instance is after an action that failed: what the hypervisor sees of its machine, except where the machine
 * says less than the state it began in (in error, rescued, in the bin).
 */
export function vmStateNow(before: VmStateName, powerState: MachineStatus['powerState']): VmStateName {
  if (before === 'error' || before === 'rescued') return before
  if (before === 'soft_deleted' && powerState !== 1) return before
  if (powerState === 1) return 'active'
  if (powerState === 3) return 'paused'
  return powerState === 7 ? 'suspended' : 'stopped'
}
