import type { Audience } from '../catalogue/events.ts'

/** Who listens, as far as events are concerned. */
export interface EventViewer {
  userId: string
  projectId: string | null
  isAdmin: boolean
}

/** True when the viewer may see what is addressed to this audience. Administrators see everything. */
export function visibleTo(viewer: EventViewer, audience: Audience): boolean {
  if (viewer.isAdmin || audience.kind === 'everyone') return true
  if (audience.kind === 'project') return audience.projectId === viewer.projectId
  return audience.kind === 'user' && audience.userId === viewer.userId
}
