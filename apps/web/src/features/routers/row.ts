import type { RouterOutputs } from '#trpc/client.ts'
import { shortId } from '#ui/copy.tsx'
import type { StateTone } from '#ui/state-cell.tsx'

/** One router as lists and details hold it, its interfaces included. */
export type RouterRow = RouterOutputs['network']['routers']['list']['items'][number]
/** A port of a router on a network. */
export type RouterInterface = RouterRow['interfaces'][number]

/** How people call a router: programs may leave the name empty. */
export const routerName = ({ id, name }: Pick<RouterRow, 'id' | 'name'>): string => name || shortId(id)

/** Colour and word of a router's state. */
export function routerLook({ status, adminStateUp }: Pick<RouterRow, 'status' | 'adminStateUp'>): {
  tone: StateTone
  word: string
} {
  if (status === 'ERROR') return { tone: 'bad', word: 'Error' }
  if (!adminStateUp) return { tone: 'idle', word: 'Switched off' }
  if (status === 'ACTIVE') return { tone: 'ok', word: 'Active' }
  if (status === 'ALLOCATING') return { tone: 'busy', word: 'Looking for a host' }
  return { tone: 'idle', word: 'Down' }
}
