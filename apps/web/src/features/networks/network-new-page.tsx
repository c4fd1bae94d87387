'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useId } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { formErrors } from '#features/forms/form-errors.ts'
import { useDraft } from '#features/forms/use-draft.ts'
import { useUnsavedGuard } from '#features/list/use-unsaved-guard.ts'
import { quotaLabel } from '#features/quotas/quotas.tsx'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { BackLink } from '#ui/back-link.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CheckField } from '#ui/check-field.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { Gauge } from '#ui/gauge.tsx'
import { Input } from '#ui/input.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { emptySubnet, type SubnetDraft, SubnetFields, subnetInput } from './subnet-fields.tsx'
import { freeRange } from './subnet-help.ts'

interface Draft {
  name: string
  description: string
  mtu: string
  shared: boolean
  withSubnet: boolean
  /** Undefined until somebody changes it: then a free range stands in it. */
  subnet?: SubnetDraft
}

/** Creates a network with its first subnet on one page. */
export function NetworkNewPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const { isAdmin } = useSession()
  const formId = useId()
  const { data: known } = useQuery(trpc.network.networks.list.queryOptions({ limit: 100 }))
  const { data: quotas } = useQuery(trpc.identity.quotas.show.queryOptions({}))
  const [draft, change, dirty] = useDraft<Draft>({
    name: '',
    description: '',
    mtu: '',
    shared: false,
    withSubnet: true,
  })
  const suggested = freeRange(known?.items.flatMap(({ subnets }) => subnets.map(({ cidr }) => cidr)) ?? [])
  const subnet = draft.subnet ?? emptySubnet(suggested)
  const { input: subnetPart, problem } = subnetInput(subnet)
  const input = {
    name: draft.name.trim(),
    ...(draft.description.trim() && { description: draft.description.trim() }),
    ...(draft.mtu && { mtu: Number(draft.mtu) }),
    ...(draft.shared && { shared: true }),
    ...(draft.withSubnet && { subnet: subnetPart }),
  }
  const create = useMutation(
    trpc.network.networks.create.mutationOptions({
      onSuccess: (network) => {
        release()
        toast.success(`${network.name} created`)
        router.push(paths.network(network.id))
      },
    }),
  )
  const release = useUnsavedGuard(dirty && !create.isSuccess)
  const { at, rest, hint } = formErrors(create.error, ['name', 'description', 'mtu', 'shared', 'subnet'])
  const reason =
    readOnly ??
    (draft.name.trim() ? null : 'Give the network a name.') ??
    (draft.withSubnet && problem ? 'The subnet needs a look.' : null)

  return (
    <>
      <BackLink href={paths.networks()}>Networks</BackLink>
      <PageHeader
        title="Create network"
        description="A private network of this project, with the addresses it gives out."
      />
      <form
        id={formId}
        noValidate
        className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]"
        onSubmit={(event) => {
          event.preventDefault()
          if (!reason && !create.isPending) create.mutate(input)
        }}
      >
        <div className="flex min-w-0 flex-col gap-4">
          <Card title="Network">
            <div className="flex flex-col gap-4">
              <Field label="Name" error={at.name}>
                <Input
                  value={draft.name}
                  maxLength={255}
                  spellCheck={false}
                  autoFocus
                  onChange={(event) => change({ name: event.target.value })}
                />
              </Field>
              <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
                <Field label="Description" optional error={at.description}>
                  <Input
                    value={draft.description}
                    maxLength={255}
                    onChange={(event) => change({ description: event.target.value })}
                  />
                </Field>
                <Field label="MTU" optional error={at.mtu}>
                  <Input
                    type="number"
                    min={576}
                    max={9000}
                    placeholder="1450"
                    value={draft.mtu}
                    className="tabular"
                    onChange={(event) => change({ mtu: event.target.value })}
                  />
                </Field>
              </div>
              <CheckField
                label="Shared"
                hint="Every project may attach instances."
                reason={isAdmin ? null : 'Only administrators share networks with every project.'}
                error={at.shared}
                checked={draft.shared}
                onChange={(shared) => change({ shared })}
              />
            </div>
          </Card>
          <Card title="Subnet">
            <div className="flex flex-col gap-4">
              <CheckField
                label="With a subnet"
                hint="Without one it gives no addresses, and no instance can join. One can be added later."
                checked={draft.withSubnet}
                onChange={(withSubnet) => change({ withSubnet })}
              />
              {draft.withSubnet && (
                <SubnetFields
                  draft={subnet}
                  errors={at}
                  prefix="subnet."
                  onChange={(patch) => change({ subnet: { ...subnet, ...patch } })}
                />
              )}
            </div>
          </Card>
        </div>
        <Card title="Quota afterwards" className="lg:sticky lg:top-19">
          <div className="flex flex-col gap-4">
            {['networks', 'subnets'].map((resource) => {
              const quota = quotas?.find((each) => each.resource === resource)
              return (
                quota && (
                  <Gauge
                    key={resource}
                    label={quotaLabel(resource)}
                    used={quota.used}
                    limit={quota.limit}
                    adding={resource === 'networks' || draft.withSubnet ? 1 : 0}
                  />
                )
              )
            })}
            {hint && <p className="text-xs text-warn-text">{hint}</p>}
            {rest && <ErrorPanel error={rest} />}
            <Button
              type="submit"
              variant="primary"
              className="w-full"
              loading={create.isPending}
              reason={reason}
            >
              Create network
            </Button>
            {reason && <p className="text-xs text-warn-text">{reason}</p>}
            <ApiCall verb="network.networks.create" input={input} />
          </div>
        </Card>
      </form>
    </>
  )
}
