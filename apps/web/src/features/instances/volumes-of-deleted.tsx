'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { volumeLabel } from './detail/volume-words.ts'

/** What becomes of the volumes of an instance that is to be deleted: which go with it, and which stay. */
export function VolumesOfDeleted({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data = [] } = useQuery(trpc.compute.instances.volumes.queryOptions({ id }))
  const names = (go: boolean) =>
    data
      .filter(({ deleteOnTermination }) => deleteOnTermination === go)
      .map(volumeLabel)
      .join(', ')
  const [going, staying] = [names(true), names(false)]
  return (
    <>
      {going && (
        <span className="mt-2 block text-bad-text">
          Deleted with it: <span className="font-medium">{going}</span>
        </span>
      )}
      {staying && (
        <span className="mt-2 block">
          These volumes stay: <span className="font-medium">{staying}</span>
        </span>
      )}
    </>
  )
}
