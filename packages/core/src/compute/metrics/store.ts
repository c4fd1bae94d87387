import { type Db, writeMetricBlocks } from '@nephos/db'
import { type Block, blockMs, keepMs, packBlock, type Tier, unpackBlock } from './block.ts'

/** A block and whose it is. */
export interface OwnedBlock {
  resourceId: string
  tier: Tier
  block: Block
}

/** Most rows of one statement: about two megabytes of them at the worst. */
const mostRows = 500

/** Writes blocks that a host has measured, in one statement; those that were written before are replaced. */
export async function storeBlocks(db: Db, hostName: string, blocks: readonly OwnedBlock[]): Promise<void> {
  const rows = blocks.map(({ resourceId, tier, block }) => ({
    resourceId,
    tier,
    startsAt: new Date(block.startsAt),
    hostName,
    expiresAt: new Date(block.startsAt + blockMs[tier] + keepMs[tier]),
    data: packBlock(block),
  }))
  for (let from = 0; from < rows.length; from += mostRows)
    await writeMetricBlocks(db, rows.slice(from, from + mostRows))
}

/** What a host measured itself since a moment, as sampled: for a worker that starts again. One query. */
export async function loadBlocks(db: Db, hostName: string, since: Date): Promise<OwnedBlock[]> {
  const rows = await db.metricBlock.findMany({
    where: { hostName, tier: 0, startsAt: { gte: since } },
    select: { resourceId: true, startsAt: true, data: true },
  })
  return rows.flatMap(({ resourceId, startsAt, data }) => {
    const block = unpackBlock(startsAt.getTime(), data)
    return block ? [{ resourceId, tier: 0 as const, block }] : []
  })
}
