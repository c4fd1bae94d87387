import type { Db, Tx } from '@nephos/db'
import { z } from 'zod'

const size = z.object({ vcpus: z.number(), ramMib: z.number() })

/**
 * What projects hold beyond what their instances' rows say: until a resize is judged, the larger one of both flavors
 * counts.
 * @param only of this instance
 */
export async function heldByResizes(
  db: Db | Tx,
  only?: string,
): Promise<{ projectId: string; cores: number; ram: number }[]> {
  const open = await db.migration.findMany({
    where: { endedAt: null, kind: 'resize', ...(only && { instanceId: only }) },
    select: {
      projectId: true,
      oldFlavor: true,
      newFlavor: true,
      instance: { select: { vcpus: true, ramMib: true } },
    },
  })
  return open.map(({ projectId, oldFlavor, newFlavor, instance }) => {
    const both = [size.parse(oldFlavor), size.parse(newFlavor)]
    return {
      projectId,
      cores: Math.max(...both.map(({ vcpus }) => vcpus)) - instance.vcpus,
      ram: Math.max(...both.map(({ ramMib }) => ramMib)) - instance.ramMib,
    }
  })
}
