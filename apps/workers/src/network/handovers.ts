import type { Services } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import type { Handover, NetworkSpec, PortSpec } from './driver.ts'

/** A port that has gone elsewhere is kept this long after it was first seen there, if nobody takes it away, in ms. */
const leavingMs = 60_000

interface Copied {
  port: PortSpec & { handover: Handover }
  /** When it was first seen to be elsewhere. */
  leftAt: number | null
}

/**
 * Ports of this host whose guests are on their way from here. It is in memory only: a worker that starts anew knows of
 * none, and its first reconciliation takes back what the former one had done.
 */
export class Handovers {
  readonly #copied = new Map<string, Copied>()

  /** Remembers how a port is handed over. Only what is not in the database is kept. */
  note(port: PortSpec): void {
    const { handover } = port
    if (handover?.kind === 'copied')
      this.#copied.set(port.portId, { port: { ...port, handover }, leftAt: null })
    else this.#copied.delete(port.portId)
  }

  forget(portId: string): void {
    this.#copied.delete(portId)
  }

  /**
   * A network, as the database has it, with what is done for its ports now: those that have gone from here stay until
   * they are taken away, for not every host knows yet where they are.
   */
  applyAll(spec: NetworkSpec): NetworkSpec {
    const own = [...this.#copied.values()].filter(({ port }) => port.networkId === spec.networkId)
    if (own.length === 0) return spec
    const ports = spec.ports.map((port) => {
      const handover = this.#copied.get(port.portId)?.port.handover
      return handover ? { ...port, handover } : port
    })
    const here = new Set(ports.map(({ portId }) => portId))
    return {
      ...spec,
      ports: [...ports, ...own.map(({ port }) => port).filter(({ portId }) => !here.has(portId))],
    }
  }

  /** Forgets what is over: a move that was taken back, a port that left a while ago. */
  async settle(db: Services['db'], host: string): Promise<void> {
    if (this.#copied.size === 0) return
    const rows = await db.port.findMany({
      where: { id: { in: [...this.#copied.keys()] } },
      select: { id: true, hostName: true, standbyHost: true },
    })
    for (const [id, copied] of this.#copied) {
      const row = rows.find((one) => one.id === id)
      if (row && row.hostName !== host) copied.leftAt ??= performance.now()
      const leaving = copied.leftAt !== null && performance.now() - copied.leftAt < leavingMs
      const underWay = row !== undefined && (row.hostName === host ? row.standbyHost !== null : leaving)
      if (!underWay) this.#copied.delete(id)
    }
  }
}

/**
 * Ports of a host that stand by on another, and where that one is reached.
 * @throws NephosError conflict for a port that is not here or does not stand by there
 */
export async function leavingPorts(
  db: Services['db'],
  host: string,
  portIds: readonly string[],
  to: string,
): Promise<{ ports: { id: string; networkId: string }[]; underlayIp: string }> {
  const [ports, target] = await Promise.all([
    db.port.findMany({
      where: { id: { in: [...portIds] }, hostName: host, standbyHost: to },
      select: { id: true, networkId: true },
    }),
    db.host.findUnique({ where: { name: to }, select: { underlayIp: true } }),
  ])
  if (ports.length < new Set(portIds).size)
    throw new NephosError('conflict', `A port is not on host ${host}, or does not stand by on ${to}.`)
  if (!target?.underlayIp)
    throw new NephosError('conflict', `The host ${to} has no address that others reach.`)
  return { ports, underlayIp: target.underlayIp }
}
