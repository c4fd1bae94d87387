import type { Prisma } from '@nephos/db'
import { instanceStatus, taskStates, type VmStateName, vmStates } from '../states.ts'

/** Every API status an instance can have. */
export const instanceStatuses = [
  ...new Set(
    vmStates.flatMap((vmState) =>
      [null, ...taskStates].map((taskState) => instanceStatus(vmState, taskState)),
    ),
  ),
]

/** The stored states that an API status stands for, read off the same table that derives it. */
export function whereStatus(status: string): Prisma.InstanceWhereInput {
  return {
    OR: vmStates.flatMap((vmState): Prisma.InstanceWhereInput[] => {
      const matching = taskStates.filter((taskState) => instanceStatus(vmState, taskState) === status)
      if (instanceStatus(vmState, null) === status) {
        const others = taskStates.filter((taskState) => !matching.includes(taskState))
        return others.length === 0
          ? [{ vmState }]
          : [{ vmState, OR: [{ taskState: null }, { taskState: { notIn: others } }] }]
      }
      return matching.length > 0 ? [{ vmState: vmState as VmStateName, taskState: { in: matching } }] : []
    }),
  }
}
