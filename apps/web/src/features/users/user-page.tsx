'use client'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, UserPlus } from 'lucide-react'
import { AssignmentsCard } from '#features/assignments/assignments-card.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { EnabledState } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import type { UserRow } from './row.ts'
import { useUserActions } from './use-user-actions.tsx'

/** One user: who it is and what it may do. */
export function UserPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.identity.users.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.admin.users(), label: 'Users' }}
      noun="user"
      row={data}
      gone={useGone(id)}
      goneNote="What this user created in projects is still there."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(user) => <Loaded user={user} />}
    </ResourcePage>
  )
}

function Loaded({ user }: { user: UserRow }) {
  const actions = useUserActions()(user)
  const panel = usePanel()
  const password = actions.find(({ id }) => id === 'password')!
  return (
    <>
      <ResourceHeader name={user.name}>
        <Button onClick={password.run}>
          <KeyRound aria-hidden="true" /> Set password
        </Button>
        <Button onClick={() => panel.open('user-grant', user.id)}>
          <UserPlus aria-hidden="true" /> Grant role
        </Button>
        <ActionMenu name={user.name} id={user.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <EnabledState key="state" enabled={user.enabled} />],
          ['E-mail', user.email ?? 'none'],
          ...(user.description ? ([['Description', user.description]] as const) : []),
          ['Domain', user.domainName],
          ['Last signed in', user.lastLoginAt ? <Age key="login" at={user.lastLoginAt} /> : 'never'],
          ['Created', <Age key="created" at={user.createdAt} />],
          ['ID', <Copyable key="id" value={user.id} what="ID" display={shortId(user.id)} />],
        ]}
      />
      <AssignmentsCard
        of={{ userId: user.id, name: user.name }}
        onGrant={() => panel.open('user-grant', user.id)}
      />
    </>
  )
}
