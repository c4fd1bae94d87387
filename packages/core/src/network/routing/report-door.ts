import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { announceNetwork } from '../networks/row.ts'

/**
 * Writes down whether a network reaches the outside on a host, and announces the network when that has changed: other
 * hosts then know where the outside is.
 * @param reason why it does not, or what is missing, as a sentence
 */
export async function reportDoor(
  services: Services,
  { networkId, host, open, reason }: { networkId: string; host: string; open: boolean; reason: string },
): Promise<void> {
  const changed = { door: open, doorReason: reason }
  const where = { networkId, hostName: host, NOT: changed }
  if ((await services.db.networkHost.count({ where })) === 0) return
  await mutate(systemCtx(services, `network worker on ${host}`), async (tx) => {
    const { count } = await tx.db.networkHost.updateMany({ where, data: changed })
    if (count === 1) await announceNetwork(tx, networkId, 'updated')
  })
}
