import type { Tx } from '@nephos/db'
import { type Ctx, conflict, invalid, isAdmin, NephosError } from '../../kernel/index.ts'
import { requireAbility, requirePhysicalNetwork } from '../abilities.ts'

/** What only administrators say of a network. */
interface AdminChoices {
  shared?: boolean
  external?: boolean
  physicalNetwork?: string | null
  vlanId?: number | null
}

/** Refuses choices that are an administrator's. @throws NephosError forbidden naming the field */
export function requireAdminChoices(
  ctx: Ctx,
  { shared, external, physicalNetwork, vlanId }: AdminChoices,
  before: AdminChoices = { shared: false, external: false, physicalNetwork: null, vlanId: null },
): void {
  if (isAdmin(ctx.actor)) return
  const refuse = (field: string, what: string) => {
    throw new NephosError('forbidden', `Only an administrator can ${what}.`, {
      field,
      remedy: `Leave "${field}" as it is.`,
    })
  }
  if (shared !== undefined && shared !== before.shared) refuse('shared', 'share a network with every project')
  if (external !== undefined && external !== before.external)
    refuse('external', 'make a network an external one')
  if (physicalNetwork !== undefined && physicalNetwork !== before.physicalNetwork)
    refuse('physicalNetwork', 'choose a physical network')
  if (vlanId !== undefined && vlanId !== before.vlanId) refuse('vlanId', 'choose a VLAN')
}

/**
 * Makes sure that a network can be on this physical network: a host has an interface for it and can tag frames, and no
 * other network has the place already.
 * @param own the network itself, when it is there already
 * @throws NephosError invalid_input naming the field, unsupported, conflict
 */
export async function requirePlaceOutside(
  db: Tx,
  { physicalNetwork, vlanId = null }: { physicalNetwork?: string | null; vlanId?: number | null },
  own?: string,
): Promise<void> {
  if (vlanId !== null && !physicalNetwork)
    throw invalid('physicalNetwork', 'A VLAN is on a physical network.', 'Name the physical network.')
  if (!physicalNetwork) return
  await requirePhysicalNetwork(db, physicalNetwork)
  if (vlanId !== null) await requireAbility(db, 'noVlans', 'No host can tag frames.', 'vlanId')
  const other = await db.network.findFirst({
    where: { physicalNetwork, vlanId, ...(own && { id: { not: own } }) },
    select: { name: true },
  })
  if (!other) return
  const place =
    vlanId === null ? `the physical network ${physicalNetwork}` : `VLAN ${vlanId} of ${physicalNetwork}`
  throw conflict(`The network ${other.name} is on ${place} already.`, {
    field: vlanId === null ? 'physicalNetwork' : 'vlanId',
    remedy: 'Choose another one, or use that network.',
  })
}
