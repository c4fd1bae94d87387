import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import type { InstanceRow } from './row.ts'

/** What a copy of the disk of an instance holds of what its guest is just writing, as sentences. */
export function useCopyWords(row: InstanceRow): string {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  if (row.vmState === 'stopped') return ''
  if (row.vmState === 'active' && data?.guestAgent)
    return 'The agent in its guest writes everything to the disk first and holds its file systems still for a moment, so the copy is whole.'
  return 'What its guest has not written to the disk yet is not in the copy: stop it first where that matters.'
}
