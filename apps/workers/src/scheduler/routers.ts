import { type Ctx, placeRouters } from '@nephos/core'
import type { CloudEvent } from '@nephos/jobs'
import type { Logger } from 'pino'
import { Coalescer } from '../network/coalescer.ts'

/** Gives hosts to routers as soon as they are heard of. The reconciler of the same name finds those that were not. */
export function followNewRouters(ctx: Ctx, log: Logger) {
  const waiting = new Set<string>()
  const all = 'all'
  const place = new Coalescer(
    async () => {
      const only = [...waiting]
      waiting.clear()
      const placed = await placeRouters(ctx, { only })
      if (placed.length > 0) log.info({ placed }, 'routers have a host')
    },
    (error) => log.warn({ err: error }, 'routers could not be given a host'),
    10,
  )
  return {
    /** Takes in an event of any noun. */
    hear: ({ noun, id, data }: Pick<CloudEvent, 'noun' | 'id' | 'data'>): void => {
      if (noun !== 'router' || (data as { status?: string } | null)?.status !== 'ALLOCATING') return
      waiting.add(id)
      place.add(all)
    },
    stop: () => place.stop(),
  }
}
