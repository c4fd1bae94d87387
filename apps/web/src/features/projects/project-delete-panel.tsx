'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { useDraft } from '#features/forms/use-draft.ts'
import { quotaLabel } from '#features/quotas/quotas.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

const blocking = ['instances', 'networks', 'ports', 'images']

/** Asks before a project is deleted: who loses it, and what it still holds. */
export function ProjectDeletePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const [draft, change] = useDraft({ typed: '' })
  const project = useQuery(trpc.identity.projects.show.queryOptions({ id: of }))
  const quotas = useQuery(trpc.identity.quotas.show.queryOptions({ projectId: of }))
  const members = useQuery(trpc.identity.assignments.list.queryOptions({ projectId: of, limit: 50 }))
  const remove = useMutation(
    trpc.identity.projects.delete.mutationOptions({
      onSuccess: () => {
        toast.success(`${project.data?.name ?? 'The project'} deleted`)
        router.push(paths.admin.projects())
      },
    }),
  )
  const error = remove.error ?? project.error ?? quotas.error ?? members.error
  const loaded = project.data && quotas.data && members.data
  const left = quotas.data?.filter(({ resource, used }) => blocking.includes(resource) && used > 0) ?? []
  const names = [...new Set(members.data?.items.map(({ userName }) => userName))]
  const typed = draft.typed.trim() === project.data?.name
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={left.length > 0 ? 'This project is not empty' : 'Delete this project?'}
      footer={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button
            variant="danger"
            loading={remove.isPending}
            reason={
              !loaded
                ? 'Still looking what it holds.'
                : left.length > 0
                  ? 'Delete what it holds first.'
                  : typed
                    ? null
                    : 'Type its name to confirm.'
            }
            onClick={() => remove.mutate({ id: of })}
          >
            Delete
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {error && <ErrorPanel error={readError(error)} />}
        {!loaded ? (
          !error && <Skeleton className="h-20" />
        ) : left.length > 0 ? (
          <>
            <p className="text-muted">
              <strong className="break-words font-semibold text-fg">{project.data.name}</strong> still holds:
            </p>
            <ul className="divide-y divide-line rounded-md border border-line bg-raised px-3">
              {left.map(({ resource, used }) => (
                <li key={resource} className="flex justify-between py-1.5">
                  {quotaLabel(resource)} <span className="tabular font-medium">{used}</span>
                </li>
              ))}
            </ul>
            <p className="text-xs text-subtle">Work in it and delete them first.</p>
          </>
        ) : (
          <>
            <p className="text-muted">
              <strong className="break-words font-semibold text-fg">{project.data.name}</strong> is removed
              with its quotas, its tokens and the roles of{' '}
              {names.length > 0 ? count(names.length, 'user') : 'nobody'}
              {names.length > 0 &&
                `: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' and others' : ''}`}
              .
            </p>
            <Field label={`Type ${project.data.name} to confirm`}>
              <Input
                value={draft.typed}
                autoFocus
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => change({ typed: event.target.value })}
              />
            </Field>
          </>
        )}
      </div>
    </Dialog>
  )
}
