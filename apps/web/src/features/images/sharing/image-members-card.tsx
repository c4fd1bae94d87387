'use client'
import { useQuery } from '@tanstack/react-query'
import { Globe, Plus, Undo2, Users } from 'lucide-react'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { useKnownProjects } from '#features/rbac-policies/use-known-projects.ts'
import { type RouterOutputs, useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { StateCell, type StateTone } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { decidesImage, imageReason } from '../actions.ts'
import { type ImageRow, visibilityWords } from '../row.ts'
import { useImageAsker } from '../use-image.ts'

type Member = RouterOutputs['image']['members']['list'][number] & { id: string }

const answers: Record<Member['status'], { tone: StateTone; word: string }> = {
  pending: { tone: 'idle', word: 'Offered' },
  accepted: { tone: 'ok', word: 'Accepted' },
  rejected: { tone: 'warn', word: 'Rejected' },
}

/** Who can use an image besides its project, for whoever decides that. */
export function ImageMembersCard({ image, className }: { image: ImageRow; className?: string }) {
  const panel = usePanel()
  const asker = useImageAsker()
  if (!decidesImage(image, asker)) return null
  const open = image.visibility === 'public' || image.visibility === 'community'
  const reason = imageReason('share', image, asker)
  return (
    <Card
      title="Shared with"
      className={className}
      flush
      action={
        <Button size="sm" reason={reason} onClick={() => panel.open('image-share', image.id)}>
          <Plus aria-hidden="true" /> Share
        </Button>
      }
    >
      {open ? (
        <EmptyState icon={Globe} title={`${visibilityWords[image.visibility].label} image`}>
          {visibilityWords[image.visibility].what}
        </EmptyState>
      ) : image.visibility === 'private' ? (
        <OnlyOwn />
      ) : (
        <Members image={image} />
      )}
    </Card>
  )
}

function Members({ image }: { image: ImageRow }) {
  const trpc = useTRPC()
  const api = useTRPCClient()
  const confirm = useConfirm()
  const asker = useImageAsker()
  const projects = useKnownProjects()
  const { data, error, refetch } = useQuery(trpc.image.members.list.queryOptions({ id: image.id }))
  const known = (id: string) => projects.find((project) => project.id === id)?.name
  const nameOf = ({ projectId }: Member) => known(projectId) ?? projectId
  const takeBack = async (member: Member) => {
    const yes = await confirm({
      title: 'Stop sharing with this project?',
      consequence: `sees and uses ${image.name} no longer. What it made from it goes on.`,
      names: [nameOf(member)],
      noun: 'project',
      verb: 'Stop sharing',
    })
    if (!yes) return
    try {
      await api.image.members.remove.mutate({ id: image.id, projectId: member.projectId })
      toast.success(`${image.name} is no longer shared with ${nameOf(member)}`)
    } catch (refused) {
      toastRefusal('Cannot stop sharing', refused)
    }
  }
  const columns: readonly Column<Member>[] = [
    {
      key: 'project',
      header: 'Project',
      cell: (row) => (
        <span className="inline-flex items-center gap-2">
          {known(row.projectId)}
          <Copyable value={row.projectId} what="project ID" display={shortId(row.projectId)} />
        </span>
      ),
    },
    { key: 'status', header: 'Answer', cell: (row) => <StateCell {...answers[row.status]} /> },
    {
      key: 'since',
      header: 'Since',
      from: 'sm',
      align: 'right',
      cell: (row) => <Age at={row.createdAt} className="text-muted" />,
    },
  ]
  if (error)
    return (
      <div className="p-4">
        <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
      </div>
    )
  return (
    <DataTable<Member>
      label={`Projects that ${image.name} is shared with`}
      columns={columns}
      rows={data?.map((row) => ({ ...row, id: row.projectId }))}
      nameOf={nameOf}
      menu={(row) => (
        <ActionMenu
          name={nameOf(row)}
          id={row.projectId}
          actions={[
            {
              id: 'take-back',
              label: 'Stop sharing',
              icon: Undo2,
              danger: true,
              reason: asker.readOnly,
              run: () => void takeBack(row),
            },
          ]}
        />
      )}
      empty={<OnlyOwn />}
    />
  )
}

const OnlyOwn = () => (
  <EmptyState icon={Users} title="Only its own project uses it">
    Share it with another project, and that one can make instances from it. It cannot change the image.
  </EmptyState>
)
