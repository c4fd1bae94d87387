import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One operation as lists hold it. */
export type OperationRow = RouterOutputs['operation']['operations']['list']['items'][number]
/** One operation with its steps. */
export type OperationDetail = RouterOutputs['operation']['operations']['show']

const tones: Record<string, StateTone> = {
  queued: 'busy',
  running: 'busy',
  undoing: 'busy',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'idle',
}

/** How a status of an operation or of a step looks. */
export const operationTone = (status: string): StateTone => tones[status] ?? 'idle'

/** Still going on. */
export const isActive = ({ status }: Pick<OperationRow, 'status'>): boolean =>
  status === 'queued' || status === 'running' || status === 'undoing'

const verbs: Record<string, string> = {
  'instance-create': 'Create instance',
  'instance-start': 'Start instance',
  'instance-stop': 'Stop instance',
  'instance-reboot': 'Reboot instance',
  'instance-rebuild': 'Rebuild instance',
  'instance-image': 'Create image of instance',
  'instance-backup': 'Back up instance',
  'instance-shelve': 'Shelve instance',
  'instance-offload': 'Take instance off its host',
  'instance-unshelve': 'Unshelve instance',
  'instance-resize': 'Resize instance',
  'instance-migrate': 'Migrate instance',
  'instance-live-migrate': 'Live migrate instance',
  'instance-evacuate': 'Evacuate instance',
  'instance-confirm-resize': 'Confirm resize of instance',
  'instance-revert-resize': 'Revert resize of instance',
  'instance-delete': 'Delete instance',
  'instance-delete-unplaced': 'Delete instance',
  'network-delete': 'Delete network',
  'image-upload': 'Upload image',
  'image-import': 'Import image',
  'image-copy': 'Copy image to stores',
  'image-warm': 'Copy image to host',
  'image-delete': 'Delete image',
  'volume-create': 'Create volume',
  'volume-delete': 'Delete volume',
  'volume-extend': 'Extend volume',
  'volume-revert': 'Revert volume to a snapshot',
  'volume-upload': 'Create image of volume',
  'volume-retype': 'Move volume to another back end',
  'volume-snapshot': 'Take snapshot of volume',
  'volume-snapshot-delete': 'Delete snapshot of volume',
  'volume-backup': 'Back up volume',
  'volume-restore': 'Restore volume from a backup',
  'volume-backup-delete': 'Delete backup of volume',
}

/** Kinds to filter by. */
export const kindFilters = [
  'instance-create',
  'instance-start',
  'instance-stop',
  'instance-reboot',
  'instance-rebuild',
  'instance-image',
  'instance-backup',
  'instance-shelve',
  'instance-unshelve',
  'instance-resize',
  'instance-migrate',
  'instance-live-migrate',
  'instance-evacuate',
  'instance-delete',
  'network-delete',
  'image-import',
  'image-copy',
  'image-warm',
  'image-delete',
  'volume-create',
  'volume-delete',
  'volume-extend',
  'volume-revert',
  'volume-upload',
  'volume-retype',
  'volume-snapshot',
  'volume-snapshot-delete',
  'volume-backup',
  'volume-restore',
  'volume-backup-delete',
].map((value) => ({ value, label: verbs[value] ?? value }))

/** What an operation does, in words: `instance-create` → "Create instance". */
export function operationTitle(kind: string): string {
  const known = verbs[kind]
  if (known) return known
  const [noun = kind, ...verb] = kind.split(/[-.]/)
  const text = verb.length > 0 ? `${verb.join(' ')} ${noun}` : noun
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What a step does, in words: `fetch-image` → "Fetch image". */
export function stepTitle(name: string): string {
  const text = name.replaceAll(/[-_.]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
