import { z } from 'zod'
import { decodeCursor, defineVerb, notFound, type Page, page, pageInput, reader } from '../../kernel/index.ts'

/** Room on a host that something holds. Memory in MiB, disk in GiB. */
export interface AllocationRow {
  /** What holds it: the instance, or the move that the instance makes away from here. */
  id: string
  instanceId: string
  instanceName: string
  projectId: string
  /** `instance`: it is here. `arriving`: it is on its way here. `leaving`: kept until its move is decided. */
  purpose: 'instance' | 'arriving' | 'leaving'
  vcpus: number
  ramMib: number
  diskGib: number
  createdAt: Date
}

/** What holds the capacity of a host: together it is what the host counts as used. @throws NephosError not_found */
export const hostAllocations = defineVerb({
  name: 'compute.hosts.allocations',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.uuid(),
    ...pageInput,
    /** Only what moves hold: what arrives, and what leaves. */
    moves: z.boolean().default(false),
  }),
  run: async ({ ctx, input: { id: hostId, limit, cursor, moves } }): Promise<Page<AllocationRow>> => {
    const db = reader(ctx)
    if (!(await db.host.findUnique({ where: { id: hostId }, select: { id: true } })))
      throw notFound('host', hostId)
    const { fields } = db.allocation
    const records = await db.allocation.findMany({
      where: {
        hostId,
        ...(cursor && { consumerId: { gt: decodeCursor(cursor).id } }),
        ...(moves && { NOT: { consumerId: { equals: fields.instanceId }, instance: { hostId } } }),
      },
      // Ids begin with the time at which they were made.
      orderBy: { consumerId: 'asc' },
      take: limit + 1,
      select: {
        consumerId: true,
        instanceId: true,
        vcpus: true,
        ramMib: true,
        diskGib: true,
        createdAt: true,
        instance: { select: { name: true, projectId: true, hostId: true } },
      },
    })
    return page(
      records.map(
        ({ consumerId, instance, ...rest }): AllocationRow => ({
          ...rest,
          id: consumerId,
          instanceName: instance.name,
          projectId: instance.projectId,
          purpose:
            consumerId !== rest.instanceId ? 'leaving' : instance.hostId === hostId ? 'instance' : 'arriving',
        }),
      ),
      limit,
      (row) => row.id,
    )
  },
})
