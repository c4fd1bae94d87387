import { randomInt } from 'node:crypto'
import { insertMissing, newId, type Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'

/** Segment numbers of a VXLAN overlay: 24 bits, without 0. */
const segments = 2 ** 24
const maxAttempts = 10

/** Writes a network with a segment number that no other network has. */
export async function insertNetwork(
  db: Tx,
  network: { projectId: string; name: string; description: string; mtu: number; shared: boolean },
): Promise<{ id: string; projectId: string }> {
  const id = newId()
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const row = { id, ...network, segmentId: randomInt(1, segments) }
    if ((await insertMissing(db, { table: 'Network', rows: [row] })) === 1)
      return { id, projectId: network.projectId }
  }
  throw conflict('No segment number is free for another network.', {
    remedy: 'Delete networks that are no longer needed.',
  })
}
