import type { Db } from '@nephos/db'
import { hostReader, type ReadHosts } from '../hosts/read.ts'
import type { HostRecord } from '../hosts/row.ts'

/** Tasks that keep a host at work: building, moving, copying, rebuilding. */
export const busyTasks: readonly string[] = [
  'networking',
  'block_device_mapping',
  'spawning',
  'image_snapshot',
  'image_snapshot_pending',
  'image_pending_upload',
  'image_uploading',
  'image_backup',
  'resize_prep',
  'resize_migrating',
  'resize_migrated',
  'resize_finish',
  'rebuilding',
  'rebuild_block_device_mapping',
  'rebuild_spawning',
  'rescuing',
  'migrating',
  'shelving',
  'shelving_image_pending_upload',
  'shelving_image_uploading',
  'unshelving',
]

/** What of a host changes often. */
export interface HostMark {
  id: string
  generation: number
  services: HostRecord['services']
}

/** An aggregate with its hosts. */
export interface PlacedAggregate {
  id: string
  name: string
  metadata: Record<string, string>
  hostIds: string[]
}

/** How the scheduler reads what it keeps a copy of. Each is one query, or two. */
export interface PlacementReader {
  hosts: ReadHosts
  /** All hosts, but little of each: who changed, who is up. */
  marks: () => Promise<HostMark[]>
  aggregates: () => Promise<PlacedAggregate[]>
  /** Instances with a task that keeps their host at work. */
  busy: () => Promise<{ id: string; hostId: string }[]>
}

/** The reader over a database. */
export const placementReader = (db: Db): PlacementReader => ({
  hosts: hostReader(db),
  marks: async () => {
    const [hosts, services] = await Promise.all([
      db.host.findMany({ select: { id: true, generation: true } }),
      db.service.findMany({
        where: { hostId: { not: null } },
        select: { hostId: true, role: true, lastSeenAt: true, pid: true, version: true },
      }),
    ])
    const marks = new Map(hosts.map((host): [string, HostMark] => [host.id, { ...host, services: [] }]))
    for (const { hostId, ...service } of services) marks.get(hostId ?? '')?.services.push(service)
    return [...marks.values()]
  },
  aggregates: async () => {
    const rows = await db.aggregate.findMany({ include: { hosts: { select: { hostId: true } } } })
    return rows.map(({ id, name, metadata, hosts }) => ({
      id,
      name,
      metadata: metadata as Record<string, string>,
      hostIds: hosts.map(({ hostId }) => hostId),
    }))
  },
  busy: async () => {
    const rows = await db.instance.findMany({
      where: { taskState: { in: [...busyTasks] }, hostId: { not: null } },
      select: { id: true, hostId: true },
    })
    return rows.flatMap(({ id, hostId }) => (hostId === null ? [] : [{ id, hostId }]))
  },
})
