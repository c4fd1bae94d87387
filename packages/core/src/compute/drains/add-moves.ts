import type { Drain } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { drainVerdict } from './verdict.ts'

const turns = { live: 0, cold: 1, none: 2 } as const

/**
 * Gives every instance of the host its turn that has none yet: those that move while they run come first.
 * @returns how many were new
 */
export async function addMoves({ db }: Pick<MutationTx, 'db'>, drain: Drain): Promise<number> {
  const host = await db.host.findUnique({
    where: { id: drain.hostId },
    select: {
      name: true,
      underlayIp: true,
      computeDriver: true,
      instances: {
        select: { id: true, name: true, projectId: true, vmState: true, taskState: true },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      },
    },
  })
  if (!host) return 0
  const known = await db.drainMove.findMany({
    where: { drainId: drain.id },
    select: { instanceId: true, position: true },
  })
  const has = new Set(known.map(({ instanceId }) => instanceId))
  const first = known.reduce((highest, { position }) => Math.max(highest, position + 1), 0)
  const added = host.instances
    .filter(({ id }) => !has.has(id))
    .map((instance) => ({ instance, ...drainVerdict(instance, host) }))
    .sort((a, b) => turns[a.way] - turns[b.way])
  await db.drainMove.createMany({
    data: added.map(({ instance, way, reason }, index) => ({
      drainId: drain.id,
      instanceId: instance.id,
      instanceName: instance.name,
      projectId: instance.projectId,
      position: first + index,
      way,
      status: 'waiting',
      reason,
    })),
  })
  return added.length
}
