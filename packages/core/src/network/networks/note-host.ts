import { insertMissing, isForeignKeyViolation } from '@nephos/db'
import { notFound, type Services } from '../../kernel/index.ts'

/**
 * Records that a network is on a host, before anything is made there: its removal will visit the host.
 * @throws NephosError not_found when the network is gone
 */
export async function noteNetworkHost(
  { db }: Pick<Services, 'db'>,
  networkId: string,
  hostName: string,
): Promise<void> {
  try {
    await insertMissing(db, { table: 'NetworkHost', rows: [{ networkId, hostName }] })
  } catch (error) {
    if (isForeignKeyViolation(error)) throw notFound('network', networkId)
    throw error
  }
}
