import { filterTitle } from '#features/operations/placement.ts'
import type { RouterOutputs } from '#trpc/client.ts'
import { count as counted } from '#ui/format.ts'

/** How many instances of a kind would fit now. */
export type Room = RouterOutputs['compute']['placement']['preview']

/** From so many on the number itself says nothing more. */
const plenty = 1_000

/** Whether they fit, and what runs out first. */
export function roomWords(
  { hosts, passing, fits, tight, filters }: Room,
  count: number,
): { tone: 'ok' | 'warn' | 'bad'; title: string; why: string | null } {
  if (hosts === 0) return { tone: 'bad', title: 'No host has joined the cloud yet.', why: null }
  if (passing === 0) {
    const failed = filters.find(({ filter }) => filter === tight?.filter)?.failed ?? hosts
    return {
      tone: 'bad',
      title: 'No host can take it now.',
      why: tight && `Short of ${tight.noun} on ${failed} of ${counted(hosts, 'host')}.`,
    }
  }
  const many = fits >= plenty ? `more than ${plenty}` : String(fits)
  const why = tight && `${runsOut(tight)} first.`
  return fits >= count
    ? { tone: 'ok', title: `Room for ${many} of this kind.`, why }
    : { tone: 'warn', title: `Room for ${many} of the ${count}.`, why }
}

const runsOut = ({ filter, noun }: NonNullable<Room['tight']>): string => {
  if (filter === 'ram') return 'Memory runs out'
  if (filter === 'disk') return 'Disk runs out'
  if (filter === 'vcpus') return 'vCPUs run out'
  const what = filter.startsWith('server-group')
    ? 'What the server group allows'
    : noun || filterTitle(filter)
  return `${what} runs out`
}
