import type { Operation } from '@nephos/db'
import { instanceOperations } from '../../compute/instances/operations.ts'
import { retryInstanceAction, retryInstanceCreate } from '../../compute/instances/retry.ts'
import { retryImageWarm } from '../../image/cache/warm.ts'
import { retryImageDelete } from '../../image/images/retry-delete.ts'
import { retryImageCopy, retryImageImport } from '../../image/import/retry.ts'
import { retryNetworkDelete } from '../../network/networks/retry-delete.ts'
import { volumeRetryHandlers } from '../../volume/volumes/retry.ts'
import type { RetryHandler } from '../retry-handler.ts'

/** Kinds of operations that can run again, and how. A kind that is not here cannot. */
export const retryHandlers: Partial<Record<string, RetryHandler>> = {
  ...Object.fromEntries(Object.keys(instanceOperations).map((kind) => [kind, retryInstanceAction])),
  'instance-create': retryInstanceCreate,
  'network-delete': retryNetworkDelete,
  'image-delete': retryImageDelete,
  ...volumeRetryHandlers,
  'image-import': retryImageImport,
  'image-copy': retryImageCopy,
  'image-warm': retryImageWarm,
}

/** Why an operation cannot run again now, as far as its own row tells, or null when it may be tried. */
export function whyNotRetry(operation: Pick<Operation, 'kind' | 'status'>): string | null {
  if (operation.status !== 'failed' && operation.status !== 'cancelled')
    return operation.status === 'succeeded' ? 'The operation succeeded.' : 'The operation is still under way.'
  if (!retryHandlers[operation.kind]) return 'Work of this kind cannot be run again; start it anew.'
  return null
}
