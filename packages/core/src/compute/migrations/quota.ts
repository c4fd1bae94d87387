import type { Tx } from '@nephos/db'
import { type QuotaAmounts, returnQuota } from '../../kernel/index.ts'
import { migrationFlavor } from '../placement/waiting.ts'

/** What a quota counts of a flavor. */
interface Counted {
  vcpus: number
  ramMib: number
}

const over = (have: Counted, base: Counted): QuotaAmounts => ({
  cores: Math.max(0, have.vcpus - base.vcpus),
  ram: Math.max(0, have.ramMib - base.ramMib),
})

/** What `to` needs beyond `from`. Until a resize is judged, the project holds the larger one of each. */
export const quotaBeyond = (from: Counted, to: Counted): QuotaAmounts => over(to, from)

/**
 * Gives back what the project holds for the flavor that the instance does not have (any more): the old one after a
 * confirmation, the new one after a return. Does nothing for a move without a change of flavor.
 */
export async function returnMoveQuota(
  db: Tx,
  migration: { projectId: string; oldFlavor: unknown; newFlavor: unknown },
  keeps: 'old' | 'new',
): Promise<void> {
  if (!migration.oldFlavor || !migration.newFlavor) return
  const [old, next] = [migrationFlavor.parse(migration.oldFlavor), migrationFlavor.parse(migration.newFlavor)]
  await returnQuota(db, migration.projectId, keeps === 'old' ? over(next, old) : over(old, next))
}
