import { conflict } from '../../kernel/index.ts'
import type { RetryHandler } from '../../operation/retry-handler.ts'
import { describeUse, portsInUse } from '../ports/in-use.ts'
import { lockNetwork } from './access.ts'
import { announceNetwork } from './row.ts'

/** Removes a network once more, if nothing came to be on it meanwhile. */
export const retryNetworkDelete: RetryHandler = async (ctx, tx, operation) => {
  const network = await lockNetwork(ctx, tx.db, operation.resourceId)
  const use = await portsInUse(tx.db, {}, network.id)
  if (use.ports > 0)
    throw conflict(`The network ${network.name} is in use: ${describeUse(use)}.`, {
      remedy: 'Delete these instances and ports first, take routers from it and release its floating IPs.',
      detail: { ...use },
    })
  const { count } = await tx.db.network.updateMany({
    where: { id: network.id, generation: network.generation },
    data: { deleting: true },
  })
  if (count === 0) throw conflict('The network was changed at this moment.', { remedy: 'Try again.' })
  tx.job('network.delete', { operationId: operation.id, networkId: network.id })
  await announceNetwork(tx, network.id, 'updated')
}
