'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { formatMoment } from '#ui/format.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age } from '#ui/time.tsx'

/** One's own tokens for scripts and tools, and how to end one. */
export function TokensCard() {
  const trpc = useTRPC()
  const api = useTRPCClient()
  const client = useQueryClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const { project, projects } = useSession()
  const { data, error, refetch } = useQuery(trpc.identity.tokens.list.queryOptions({ limit: 100 }))
  const scopeName = (id: string) => projects.find((each) => each.id === id)?.name ?? 'a project of before'
  const revoke = async (token: { id: string; name: string }) => {
    const yes = await confirm({
      title: 'Revoke this token?',
      consequence: 'stops working at once; whatever uses it is refused.',
      names: [token.name],
      noun: 'token',
      verb: 'Revoke',
    })
    if (!yes) return
    try {
      await api.identity.tokens.revoke.mutate({ id: token.id })
      toast.success(`${token.name} revoked`)
      await client.invalidateQueries(trpc.identity.tokens.list.pathFilter())
    } catch (refused) {
      toastRefusal(`Cannot revoke ${token.name}`, refused)
    }
  }
  return (
    <Card
      title="API tokens"
      flush
      className="lg:col-span-2"
      action={
        <Button
          size="sm"
          reason={project ? null : 'Choose a project first: a token acts in one.'}
          onClick={() => panel.open('token-new')}
        >
          <Plus aria-hidden="true" /> Create token
        </Button>
      }
    >
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : !data ? (
        <div className="p-4">
          <Skeleton />
        </div>
      ) : data.items.length === 0 ? (
        <p className="p-4 text-sm text-muted">
          None. A token lets a script or a tool act as you in one project, without your password.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {data.items.map((token) => (
            <li key={token.id} className="flex items-center justify-between gap-4 px-4 py-3">
              <div className="min-w-0">
                <p className="truncate text-sm font-medium">{token.name}</p>
                <p className="text-xs text-subtle">
                  {token.scopeType === 'project' ? scopeName(token.scopeId) : token.scopeType} · ends{' '}
                  {formatMoment(token.expiresAt)} ·{' '}
                  {token.lastUsedAt ? (
                    <>
                      used <Age at={token.lastUsedAt} />
                    </>
                  ) : (
                    'never used'
                  )}
                </p>
              </div>
              <Button size="sm" aria-label={`Revoke ${token.name}`} onClick={() => void revoke(token)}>
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
