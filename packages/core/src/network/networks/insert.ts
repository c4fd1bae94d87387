import { randomInt } from 'node:crypto'
import { insertMissing, newId, type Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'
import { matchWildcards } from './shares.ts'

/** Segment numbers of a VXLAN overlay: 24 bits, without 0. */
const segments = 2 ** 24
const maxAttempts = 10

/** Writes a network with a segment number that no other network has. */
export async function insertNetwork(
  db: Tx,
  network: {
    projectId: string
    name: string
    description: string
    mtu: number
    shared: boolean
    external?: boolean
    physicalNetwork?: string | null
    vlanId?: number | null
    portSecurity?: boolean
    adminStateUp?: boolean
    qosPolicyId?: string | null
    dnsDomain?: string
  },
): Promise<{ id: string; projectId: string; mtu: number }> {
  const id = newId()
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const row = { id, ...network, segmentId: randomInt(1, segments) }
    if ((await insertMissing(db, { table: 'Network', rows: [row] })) === 1) {
      const made = { id, projectId: network.projectId, mtu: network.mtu }
      if (network.shared || network.external)
        await matchWildcards(db, made, { shared: network.shared, external: network.external })
      return made
    }
  }
  throw conflict('No segment number is free for another network.', {
    remedy: 'Delete networks that are no longer needed.',
  })
}
