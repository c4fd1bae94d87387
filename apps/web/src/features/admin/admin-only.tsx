'use client'
import { ShieldAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'

/** Pages of administrators. To everybody else it says plainly what is missing, and asks the cloud for nothing. */
export function AdminOnly({ children }: { children: ReactNode }) {
  const { isAdmin, user, roles, project } = useSession()
  if (isAdmin) return children
  return (
    <div className="rounded-xl border border-line bg-surface">
      <EmptyState
        icon={ShieldAlert}
        title="This page is for administrators"
        action={<LinkButton href={paths.overview()}>Go to the overview</LinkButton>}
      >
        You are signed in as {user.name}
        {project &&
          `, with ${roles.length > 0 ? `the role ${roles.join(', ')}` : 'no role'} on ${project.name}`}
        . It needs the role admin; an administrator of the cloud can grant it.
      </EmptyState>
    </div>
  )
}
