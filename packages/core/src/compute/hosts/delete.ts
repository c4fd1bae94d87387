import { z } from 'zod'
import { defineVerb, mutate, NephosError, notFound } from '../../kernel/index.ts'
import { type HostRow, hostRow, hostSelect } from './row.ts'

/** What still binds a host to the cloud. Numbers of things. */
interface Ties {
  instances: number
  allocations: number
  ports: number
  volumes: number
}

/**
 * Forgets a host that is gone for good and has nothing left on it. A worker that starts there again makes it known
 * again. @throws NephosError not_found; conflict while its workers are up or something is still on it
 */
export const deleteHost = defineVerb({
  name: 'compute.hosts.delete',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<Record<string, never>> =>
    mutate(ctx, async (tx) => {
      const record = await tx.db.host.findUnique({ where: { id }, select: hostSelect })
      if (!record) throw notFound('host', id)
      const row = hostRow(record, ctx.config.serviceDownTime)
      refuseAlive(row)
      const { name } = record
      const [instances, allocations, ports, volumes] = await Promise.all([
        tx.db.instance.count({ where: { hostId: id } }),
        tx.db.allocation.count({ where: { hostId: id } }),
        tx.db.port.count({ where: { OR: [{ hostName: name }, { standbyHost: name }] } }),
        tx.db.volume.count({ where: { backend: { hostName: name } } }),
      ])
      refuseTies(name, { instances, allocations, ports, volumes })
      // Compare-and-set: a claim that came in between has raised it.
      const { count } = await tx.db.host.deleteMany({ where: { id, generation: record.generation } })
      if (count === 0) throw new NephosError('conflict', `Something was just placed on ${name}.`)
      await tx.db.networkHost.deleteMany({ where: { hostName: name } })
      await tx.db.volumeBackend.deleteMany({ where: { hostName: name } })
      tx.audit({
        verb: 'compute.hosts.delete',
        resourceType: 'host',
        resourceId: id,
        resourceName: name,
        projectId: null,
        detail: {},
      })
      tx.event({ noun: 'host', change: 'deleted', id, audience: { kind: 'admin' }, data: null })
      return {}
    }),
})

function refuseAlive({ name, services }: HostRow): void {
  const up = services.filter((service) => service.up).map(({ role }) => role)
  if (up.length > 0)
    throw new NephosError(
      'conflict',
      `The ${up.join(' and ')} worker of ${name} still gives signs of life.`,
      {
        remedy: 'Stop its workers first: `./nephos host leave` there, or start the lab with fewer hosts.',
      },
    )
}

function refuseTies(name: string, { instances, allocations, ports, volumes }: Ties): void {
  const things = [
    instances > 0 && (instances === 1 ? 'an instance' : `${instances} instances`),
    instances === 0 && allocations > 0 && 'room that a move still holds',
    volumes > 0 && (volumes === 1 ? 'a volume' : `${volumes} volumes`),
    instances === 0 && ports > 0 && (ports === 1 ? 'a port' : `${ports} ports`),
  ].filter(Boolean)
  if (things.length > 0)
    throw new NephosError('conflict', `There is still ${things.join(' and ')} on ${name}.`, {
      remedy: 'Evacuate or delete the instances first, and delete the volumes.',
    })
}
