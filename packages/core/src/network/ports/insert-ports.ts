import { insertMissingNamed, type Prisma, type Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'
import { randomMac } from '../addresses/mac.ts'

/** A port to insert; its MAC is chosen here. */
export type NewPort = Omit<Prisma.PortCreateManyInput, 'macAddress'> & { id: string; networkId: string }

const maxAttempts = 6

/**
 * Inserts ports, each with a MAC that no other port of its network has. One query, unless a MAC was taken: then that
 * port is tried again with another one.
 * @returns the ports as inserted
 */
export async function insertPorts(db: Tx, ports: readonly NewPort[]): Promise<Prisma.PortCreateManyInput[]> {
  const done: Prisma.PortCreateManyInput[] = []
  let open = [...ports]
  for (let attempt = 1; open.length > 0; attempt++) {
    if (attempt > maxAttempts)
      throw conflict('The ports could not be made: another request made the same ones, or no MAC is free.')
    const rows = open.map((port) => ({ ...port, macAddress: randomMac() }))
    rows.sort((a, b) => (a.networkId + a.macAddress < b.networkId + b.macAddress ? -1 : 1))
    const served = await insertMissingNamed(db, { table: 'Port', rows }, 'id')
    done.push(...rows.filter(({ id }) => served.has(id)))
    open = open.filter(({ id }) => !served.has(id))
  }
  return done
}
