import { isUniqueViolation, newId, type Prisma } from '@nephos/db'
import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { isUp } from '../placement/backend-state.ts'
import { backendChanged } from './row.ts'

/** What a volume worker says of one of its back ends. */
export interface BackendReport {
  /** `<host>@<back end>` */
  name: string
  hostName: string
  zone: string
  driver: string
  /** null: it could not be looked at. */
  capacity: { totalBytes: number; freeBytes: number } | null
  abilities: object
  /** Why it does not work now. */
  trouble: string | null
}

/** A change of room that is worth an announcement: a hundredth of it. */
const worth = (before: bigint, now: bigint, total: bigint) => {
  const difference = before > now ? before - now : now - before
  return difference * 100n > total
}

/**
 * Says that a back end is there, and how it is. It is announced when that differs from what was known. Call it every 5
 * to 10 s. @returns its id
 */
export async function reportBackend(services: Services, report: BackendReport): Promise<string> {
  const { config, db } = services
  const { name, capacity, abilities, ...columns } = report
  const bytes = capacity && {
    totalBytes: BigInt(Math.floor(capacity.totalBytes)),
    freeBytes: BigInt(Math.floor(capacity.freeBytes)),
  }
  const data = { ...columns, ...bytes, abilities: abilities as Prisma.InputJsonObject, seenAt: new Date() }
  const known = await db.volumeBackend.findUnique({ where: { name } })
  const same =
    known &&
    isUp(known, config.serviceDownTime) &&
    known.trouble === report.trouble &&
    known.zone === report.zone &&
    JSON.stringify(known.abilities) === JSON.stringify(abilities) &&
    (!bytes ||
      (known.totalBytes === bytes.totalBytes && !worth(known.freeBytes, bytes.freeBytes, bytes.totalBytes)))
  if (same) {
    await db.volumeBackend.updateMany({ where: { id: known.id }, data })
    return known.id
  }
  const write = () =>
    mutate(systemCtx(services, `volume worker on ${report.hostName}`), async (tx) => {
      const backend = await tx.db.volumeBackend.upsert({
        where: { name },
        create: { ...data, id: known?.id ?? newId(), name },
        update: data,
      })
      backendChanged(tx, known ? 'updated' : 'created', backend, config.serviceDownTime)
      return backend.id
    })
  try {
    return await write()
  } catch (error) {
    if (isUniqueViolation(error)) return write()
    throw error
  }
}

/** Says that a worker ends now: its back ends take no new volumes until it is back. */
export async function signOffBackends(services: Services, hostName: string): Promise<void> {
  await mutate(systemCtx(services, `volume worker on ${hostName}`), async (tx) => {
    await tx.db.volumeBackend.updateMany({ where: { hostName }, data: { seenAt: null } })
    for (const backend of await tx.db.volumeBackend.findMany({ where: { hostName } }))
      backendChanged(tx, 'updated', backend, services.config.serviceDownTime)
  })
}
