'use client'
import Link from 'next/link'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { Facts } from '#ui/card.tsx'
import { CodeBlock } from '#ui/code-block.tsx'
import { Copyable } from '#ui/copy.tsx'
import { SidePanel } from '#ui/dialog.tsx'
import { formatMoment } from '#ui/format.ts'
import { type AuditRow, verbTitle } from './row.ts'

const pageOf: Partial<Record<string, (id: string) => string>> = {
  instance: (id) => paths.instance(id),
  image: (id) => paths.image(id),
  network: (id) => paths.network(id),
}
const adminPageOf: Partial<Record<string, (id: string) => string>> = {
  host: (id) => paths.admin.host(id),
  project: (id) => paths.admin.project(id),
  user: (id) => paths.admin.user(id),
}

/** Everything that was written about one change. */
export function AuditPanel({ entry, onClose }: { entry: AuditRow; onClose: () => void }) {
  const { isAdmin } = useSession()
  const page = pageOf[entry.resourceType] ?? (isAdmin ? adminPageOf[entry.resourceType] : undefined)
  const name = entry.resourceName || entry.resourceId
  const request = isAdmin
    ? paths.admin.audit({ request: entry.requestId })
    : paths.audit({ request: entry.requestId })
  return (
    <SidePanel
      open
      onOpenChange={(open) => !open && onClose()}
      title={verbTitle(entry.verb)}
      description={formatMoment(entry.at)}
    >
      <div className="flex flex-col gap-5 p-5">
        <Facts
          items={[
            { label: 'Who', value: entry.userName || entry.actorType },
            { label: 'As', value: entry.actorType },
            {
              label: 'On',
              value: page ? (
                <Link href={page(entry.resourceId)} className="rounded hover:underline">
                  {name}
                </Link>
              ) : (
                name
              ),
            },
            { label: 'Kind', value: entry.resourceType },
            { label: 'ID', value: <Copyable value={entry.resourceId} what="ID" /> },
            { label: 'Call', value: <Copyable value={entry.verb} what="call" /> },
            ...(entry.address
              ? [{ label: 'From', value: <Copyable value={entry.address} what="address" /> }]
              : []),
            {
              label: 'Project',
              value: entry.projectId ? <Copyable value={entry.projectId} what="project ID" /> : 'none',
            },
            { label: 'Request', value: <Copyable value={entry.requestId} what="request ID" /> },
          ]}
        />
        <Link
          href={request}
          onClick={onClose}
          className="self-start rounded text-sm text-accent-text underline underline-offset-2"
        >
          Everything of this request
        </Link>
        {entry.detail !== null &&
          typeof entry.detail === 'object' &&
          Object.keys(entry.detail).length > 0 && (
            <div>
              <h3 className="mb-2 text-xs text-subtle">Detail</h3>
              <CodeBlock code={JSON.stringify(entry.detail, null, 2)} label="detail" />
            </div>
          )}
      </div>
    </SidePanel>
  )
}
