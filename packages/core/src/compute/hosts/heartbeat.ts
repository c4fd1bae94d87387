import { newId } from '@nephos/db'
import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { hostChanged, hostSelect } from './row.ts'

/** One running worker role. */
export interface ServiceIdentity {
  role: string
  hostName: string
  /** null for control-plane roles, which belong to no host. */
  hostId: string | null
  pid: number
  version: string
  startedAt: Date
}

/**
 * Says that a worker role is up. When it was not up before (or is another process now) its host is announced, so
 * that schedulers and dashboards know at once. Call it every 5 to 10 s.
 */
export async function heartbeat(services: Services, service: ServiceIdentity): Promise<void> {
  const lastSeenAt = new Date()
  const { role, hostName, ...rest } = service
  const key = { role_hostName: { role, hostName } }
  const upSince = new Date(lastSeenAt.getTime() - services.config.serviceDownTime * 1000)
  const { count } = await services.db.service.updateMany({
    where: { role, hostName, pid: service.pid, startedAt: service.startedAt, lastSeenAt: { gte: upSince } },
    data: { lastSeenAt, hostId: service.hostId },
  })
  if (count === 1) return
  await mutate(systemCtx(services, `${role} worker on ${hostName}`), async (tx) => {
    await tx.db.service.upsert({
      where: key,
      create: { id: newId(), ...service, lastSeenAt },
      update: { ...rest, lastSeenAt },
    })
    if (!service.hostId) return
    const record = await tx.db.host.findUnique({ where: { id: service.hostId }, select: hostSelect })
    if (record) hostChanged(tx, 'updated', record, services.config.serviceDownTime)
  })
}

/** Says that a worker role ends now, so that nobody waits for its heartbeats to run out. */
export async function signOff(services: Services, service: ServiceIdentity): Promise<void> {
  const { role, hostName, pid, startedAt, hostId } = service
  await mutate(systemCtx(services, `${role} worker on ${hostName}`), async (tx) => {
    const { count } = await tx.db.service.updateMany({
      where: { role, hostName, pid, startedAt },
      data: { lastSeenAt: new Date(0) },
    })
    if (count === 0 || !hostId) return
    const record = await tx.db.host.findUnique({ where: { id: hostId }, select: hostSelect })
    if (record) hostChanged(tx, 'updated', record, services.config.serviceDownTime)
  })
}
