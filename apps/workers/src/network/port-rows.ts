import { portRow, type Services } from '@nephos/core'

/** What is written of a port. */
type PortChange = { standbyHost: string } | ReturnType<typeof isHere>

/** Ports, of these, that are on a host or stand by there. */
export const hereOrComing = (host: string, portIds: readonly string[]) => ({
  id: { in: [...portIds] },
  OR: [{ hostName: host }, { standbyHost: host }],
})

/** A port that is on a host, and nowhere else. */
export const isHere = (host: string) => ({
  status: 'ACTIVE',
  hostName: host,
  standbyHost: null,
  vifType: 'tap',
})

/**
 * Writes where ports are, and says so to whoever listens.
 * @returns false, with nothing said, when one of them has been deleted meanwhile
 */
export async function writePorts(
  { db, announce }: Pick<Services, 'db' | 'announce'>,
  ports: readonly Parameters<typeof portRow>[0][],
  change: PortChange,
): Promise<boolean> {
  const { count } = await db.port.updateMany({
    where: { id: { in: ports.map(({ id }) => id) } },
    data: { ...change, generation: { increment: 1 } },
  })
  if (count < ports.length) return false
  for (const port of ports) {
    const row = portRow({ ...port, ...change, updatedAt: new Date() })
    announce({
      noun: 'port',
      change: 'updated',
      id: row.id,
      audience: { kind: 'project', projectId: row.projectId },
      at: new Date().toISOString(),
      data: row,
    })
  }
  return true
}

/** Writes that ports are not on this host any more, nor stand by there; those that are elsewhere stay there. */
export async function writeGone(db: Services['db'], portIds: readonly string[], host: string): Promise<void> {
  const id = { in: [...portIds] }
  await db.port.updateMany({
    where: { id, hostName: host },
    data: { status: 'DOWN', hostName: null, vifType: 'unbound', generation: { increment: 1 } },
  })
  await db.port.updateMany({
    where: { id, standbyHost: host },
    data: { standbyHost: null, generation: { increment: 1 } },
  })
}
