import type { Operation } from '@nephos/db'
import { instanceOperations, isInstanceOperation } from '../../compute/instances/operations.ts'
import { isVolumeOperation, volumeOperations } from '../../volume/operations.ts'

/** Work that can be stopped and taken back. */
const isCancellable = (kind: string): boolean =>
  isInstanceOperation(kind)
    ? instanceOperations[kind].cancellable
    : (isVolumeOperation(kind) && volumeOperations[kind].cancellable) ||
      ['image-import', 'image-copy', 'image-warm'].includes(kind)

/** Why an operation cannot be cancelled now, as a sentence, or null when it can. */
export function whyNotCancel(
  operation: Pick<Operation, 'kind' | 'status' | 'cancelRequested'>,
): string | null {
  if (operation.status === 'undoing') return 'The operation has failed and is being taken back already.'
  if (operation.status !== 'queued' && operation.status !== 'running') return 'The operation has ended.'
  if (!isCancellable(operation.kind)) return 'Work of this kind cannot be stopped once it was asked for.'
  if (operation.cancelRequested) return 'It is being cancelled already.'
  return null
}
