'use client'
import { useQuery } from '@tanstack/react-query'
import { Gift } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { count } from '#ui/format.ts'
import { Bytes } from '#ui/value-unit.tsx'
import { useImageActions } from '../use-image-actions.tsx'

/** Images that other projects offer to this one and that it has not answered yet. Nothing while there are none. */
export function ImageOffers() {
  const trpc = useTRPC()
  const actionsOf = useImageActions()
  const { data } = useQuery(
    trpc.image.images.list.queryOptions({
      limit: 20,
      visibility: 'shared',
      memberStatus: 'pending',
      whose: 'others',
    }),
  )
  const offers = data?.items ?? []
  if (offers.length === 0) return null
  return (
    <Card
      className="mb-4"
      title={
        <span className="inline-flex items-center gap-2">
          <Gift className="size-4 text-accent-text" aria-hidden="true" />
          {offers.length === 1 ? '1 image is' : `${count(offers.length, 'image')} are`} offered to this
          project
        </span>
      }
      flush
    >
      <ul className="divide-y divide-line">
        {offers.map((row) => {
          const actions = actionsOf(row)
          const answer = (id: string) => actions.find((action) => action.id === id)!
          const [accept, reject] = [answer('accept'), answer('reject')]
          return (
            <li
              key={row.id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5"
            >
              <span className="min-w-0">
                <Link
                  href={paths.image(row.id)}
                  className="block truncate rounded text-sm font-medium hover:underline"
                >
                  {row.name}
                </Link>
                <span className="text-xs text-subtle">
                  <Bytes value={row.size} /> {row.diskFormat}
                </span>
              </span>
              <span className="flex gap-2">
                <Button
                  size="sm"
                  aria-label={`Accept ${row.name}`}
                  reason={accept.reason}
                  onClick={accept.run}
                >
                  Accept
                </Button>
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={`Reject ${row.name}`}
                  reason={reject.reason}
                  onClick={reject.run}
                >
                  Reject
                </Button>
              </span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
