import type { VmStateName } from '../states.ts'

/** How an instance can leave its host. */
export type DrainWay = 'live' | 'cold' | 'none'

/** What is looked at of an instance. */
export interface Drainable {
  vmState: VmStateName
  taskState: string | null
}

/** What is looked at of its host. */
export interface DrainedHost {
  name: string
  underlayIp: string | null
  computeDriver: string
}

/** How an instance leaves its host, and what stands against that or has to be waited for; null: nothing. */
export interface DrainVerdict {
  way: DrainWay
  reason: string | null
}

const stays: Partial<Record<VmStateName, string>> = {
  building: 'It is still being built.',
  suspended: 'Its memory is saved on this host; resume it first.',
  rescued: 'It is being rescued; end that first.',
  resized: 'Its last resize or migration waits to be confirmed or reverted.',
  error: 'It is in error; look at it first.',
  soft_deleted: 'It is in the bin; restore it or delete it for good.',
  shelved: 'It is shelved; offload it, and it is on no host.',
  shelved_offloaded: 'It is on no host.',
  deleted: 'It is deleted.',
}

/** How an instance can leave a host, by its state now. */
export function drainVerdict({ vmState, taskState }: Drainable, host: DrainedHost): DrainVerdict {
  const why = stays[vmState]
  if (why !== undefined) return { way: 'none', reason: why }
  if (host.underlayIp === null && host.computeDriver !== 'simulated')
    return { way: 'none', reason: `The host ${host.name} stands alone: it reaches no other one.` }
  const reason = taskState === null ? null : `It waits until the instance is done with ${taskState}.`
  return { way: vmState === 'stopped' ? 'cold' : 'live', reason }
}
