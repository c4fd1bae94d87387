import { shortId } from '#ui/copy.tsx'

/** What the table of an instance's volumes says of one. */
interface Attached {
  volumeId: string
  name: string
  status: string
  bootIndex: number | null
}

/** What people call a volume: its name, or where it has none the end of its id. */
export const volumeLabel = ({ name, volumeId }: Pick<Attached, 'name' | 'volumeId'>): string =>
  name || shortId(volumeId)

/** How an attachment stands, in a word and its tone. */
export function attachmentState(status: string): { tone: 'ok' | 'busy' | 'bad'; word: string } {
  switch (status) {
    case 'attached':
      return { tone: 'ok', word: 'Attached' }
    case 'reserved':
    case 'attaching':
      return { tone: 'busy', word: 'Attaching' }
    case 'detaching':
      return { tone: 'busy', word: 'Detaching' }
    case 'error_attaching':
      return { tone: 'bad', word: 'Not attached' }
    default:
      return { tone: 'bad', word: 'Not detached' }
  }
}

/** Why a volume cannot be detached, whatever the instance does; null when it can. */
export function whyNotDetach({ status, bootIndex }: Pick<Attached, 'status' | 'bootIndex'>): string | null {
  if (bootIndex === 0) return 'The instance boots from it.'
  if (status === 'detaching') return 'It is being detached.'
  return status === 'reserved' || status === 'attaching' ? 'Wait until it is attached.' : null
}
