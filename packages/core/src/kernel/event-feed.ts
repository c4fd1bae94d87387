import { type HubMessage, visibleTo } from '@nephos/jobs'
import { isAdmin, type UserActor } from './actor.ts'
import type { OpenServices } from './services.ts'

/** What a listener hears: one change, with its JSON, or that changes were missed. */
export type FeedMessage = HubMessage

/**
 * Hears every change that the actor may see, after event number `after` when it is given, otherwise from now on.
 * One subscription of the process serves all listeners. @returns a function that ends it
 */
export const subscribeEvents = (
  { queue }: Pick<OpenServices, 'queue'>,
  actor: UserActor,
  after: number | undefined,
  listener: (message: FeedMessage) => void,
): (() => void) => {
  const viewer = {
    userId: actor.userId,
    projectId: actor.project?.id ?? null,
    isAdmin: isAdmin(actor),
  }
  return queue.hub().subscribe((event) => visibleTo(viewer, event.audience), after, listener)
}
