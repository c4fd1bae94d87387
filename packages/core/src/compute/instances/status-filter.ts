import type { WantedState } from '@nephos/db'
import { instanceStatus, taskStates, vmStates } from '../states.ts'

/** Every API status an instance can have. */
export const instanceStatuses = [
  ...new Set(
    vmStates.flatMap((vmState) =>
      [null, ...taskStates].map((taskState) => instanceStatus(vmState, taskState)),
    ),
  ),
]

/** The stored states that an API status stands for, read off the same table that derives it. */
export const statesOf = (status: string): WantedState[] =>
  vmStates.flatMap((vmState): WantedState[] => {
    const matching = taskStates.filter((taskState) => instanceStatus(vmState, taskState) === status)
    if (instanceStatus(vmState, null) === status) {
      const others = taskStates.filter((taskState) => !matching.includes(taskState))
      return [{ vmState, taskStates: others, except: true }]
    }
    return matching.length > 0 ? [{ vmState, taskStates: matching, except: false }] : []
  })
