import type { Services } from '@nephos/core'
import { RetryLater, type Step } from '@nephos/jobs'
import type { InstanceState } from './load.ts'

const againMs = 250

/**
 * Waits until older operations of the same instance have ended. They were asked to stop when this one was accepted;
 * what they had begun is undone before anything else happens.
 */
export const waitTurn = ({ db }: Pick<Services, 'db'>): Step<InstanceState> => ({
  name: 'wait-turn',
  run: async ({ state: { operation, record } }) => {
    const older = await db.operation.findFirst({
      where: {
        resourceType: 'instance',
        resourceId: record.id,
        // Ids sort by creation.
        id: { lt: operation.id },
        status: { in: ['queued', 'running', 'undoing'] },
      },
      select: { kind: true },
    })
    if (older) throw new RetryLater(`${older.kind} of the same instance is ending`, againMs)
    return undefined
  },
})
