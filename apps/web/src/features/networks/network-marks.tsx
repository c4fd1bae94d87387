'use client'
import { useSession } from '#features/session/use-session.ts'
import { Badge } from '#ui/badge.tsx'
import type { NetworkRow } from './row.ts'

/** Who else a network is for, as words beside its name; nothing for an ordinary one. */
export function NetworkMarks({
  network,
}: {
  network: Pick<NetworkRow, 'shared' | 'external' | 'projectId' | 'sharedWith'>
}) {
  const { project } = useSession()
  const foreign = network.projectId !== project?.id
  const given = network.sharedWith?.some(({ projectId }) => projectId === project?.id)
  return (
    <>
      {network.external && <Badge tone="warn">external</Badge>}
      {network.shared && <Badge tone="accent">shared</Badge>}
      {!network.shared && foreign && given && <Badge tone="accent">shared with this project</Badge>}
    </>
  )
}
