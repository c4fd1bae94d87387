'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useId } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { formErrors } from '#features/forms/form-errors.ts'
import { useDraft } from '#features/forms/use-draft.ts'
import { useUnsavedGuard } from '#features/list/use-unsaved-guard.ts'
import { defaultPolicy, policyInput, QosField } from '#features/qos/qos-field.tsx'
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
import { DomainField } from './name-fields.tsx'
import { emptySubnet, type SubnetDraft, SubnetFields, subnetInput } from './subnet-fields.tsx'
import { freeRange, freeRange6 } from './subnet-help.ts'

interface Draft {
  name: string
  description: string
  mtu: string
  shared: boolean
  external: boolean
  physicalNetwork: string
  vlanId: string
  dnsDomain: string
  qosPolicy: string
  withSubnet: boolean
  /** Undefined until somebody changes it: then a free range stands in it. */
  subnet?: SubnetDraft
  withSubnet6: boolean
  subnet6?: SubnetDraft
}

/** Creates a network with its first subnet on one page. */
export function NetworkNewPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const { isAdmin, project } = useSession()
  const formId = useId()
  const { data: known } = useQuery(trpc.network.networks.list.queryOptions({ limit: 100 }))
  const { data: quotas } = useQuery(trpc.identity.quotas.show.queryOptions({}))
  const [draft, change, dirty] = useDraft<Draft>({
    name: '',
    description: '',
    mtu: '',
    shared: false,
    external: false,
    physicalNetwork: '',
    vlanId: '',
    dnsDomain: '',
    qosPolicy: defaultPolicy,
    withSubnet: true,
    withSubnet6: false,
  })
  const taken = known?.items.flatMap(({ subnets }) => subnets.map(({ cidr }) => cidr)) ?? []
  const subnet = draft.subnet ?? emptySubnet(freeRange(taken))
  const subnet6 = draft.subnet6 ?? emptySubnet(freeRange6(project?.id ?? '', taken))
  const { input: subnetPart, problem } = subnetInput(subnet)
  const siblings6 = draft.withSubnet ? [subnet.cidr] : []
  const { input: subnetPart6, problem: problem6 } = subnetInput(subnet6, siblings6)
  const input = {
    name: draft.name.trim(),
    ...(draft.description.trim() && { description: draft.description.trim() }),
    ...(draft.mtu && { mtu: Number(draft.mtu) }),
    ...(draft.shared && { shared: true }),
    ...(draft.external && { external: true }),
    ...(draft.physicalNetwork.trim() && { physicalNetwork: draft.physicalNetwork.trim() }),
    ...(draft.vlanId && { vlanId: Number(draft.vlanId) }),
    ...(draft.dnsDomain.trim() && { dnsDomain: draft.dnsDomain.trim() }),
    qosPolicyId: policyInput(draft.qosPolicy),
    ...(draft.withSubnet && { subnet: subnetPart }),
    ...(draft.withSubnet6 && { furtherSubnets: [subnetPart6] }),
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
  const { at, rest, hint } = formErrors(create.error, [
    'name',
    'description',
    'mtu',
    'shared',
    'external',
    'physicalNetwork',
    'vlanId',
    'dnsDomain',
    'qosPolicyId',
    'subnet',
    'furtherSubnets',
  ])
  const reason =
    readOnly ??
    (draft.name.trim() ? null : 'Give the network a name.') ??
    (draft.withSubnet && problem ? 'The subnet needs a look.' : null) ??
    (draft.withSubnet6 && problem6 ? 'The IPv6 subnet needs a look.' : null)

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
                <DescriptionField
                  value={draft.description}
                  error={at.description}
                  onChange={(description) => change({ description })}
                />
                <Field label="MTU" optional error={at.mtu}>
                  <Input
                    type="number"
                    min={576}
                    max={9000}
                    placeholder={draft.physicalNetwork ? '1500' : '1450'}
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
              <CheckField
                label="External"
                hint="Routers of every project may have their gateway on it, and floating IPs come from it."
                reason={isAdmin ? null : 'Only administrators make external networks.'}
                error={at.external}
                checked={draft.external}
                onChange={(external) => change({ external })}
              />
              <DomainField
                value={draft.dnsDomain}
                error={at.dnsDomain}
                onChange={(dnsDomain) => change({ dnsDomain })}
              />
              <QosField
                projectId={project?.id ?? null}
                value={draft.qosPolicy}
                none={{ label: 'No limits' }}
                hint="How fast its ports may send and receive."
                error={at.qosPolicyId}
                onChange={(qosPolicy) => change({ qosPolicy })}
              />
              {isAdmin && (
                <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
                  <Field
                    label="Physical network"
                    optional
                    error={at.physicalNetwork}
                    hint="A name of the hosts' configuration: there its frames leave by that interface. Empty: the overlay between the hosts carries it."
                  >
                    <Input
                      value={draft.physicalNetwork}
                      maxLength={64}
                      spellCheck={false}
                      onChange={(event) => change({ physicalNetwork: event.target.value })}
                    />
                  </Field>
                  <Field label="VLAN" optional error={at.vlanId}>
                    <Input
                      type="number"
                      min={1}
                      max={4094}
                      placeholder="none"
                      value={draft.vlanId}
                      className="tabular"
                      onChange={(event) => change({ vlanId: event.target.value })}
                    />
                  </Field>
                </div>
              )}
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
          <Card title="IPv6">
            <div className="flex flex-col gap-4">
              <CheckField
                label="With an IPv6 subnet"
                hint="Instances get an IPv6 address besides, which needs no floating IP: a router leads straight to it."
                checked={draft.withSubnet6}
                onChange={(withSubnet6) => change({ withSubnet6 })}
              />
              {draft.withSubnet6 && (
                <fieldset aria-label="IPv6 subnet" className="min-w-0">
                  <SubnetFields
                    draft={subnet6}
                    errors={at}
                    prefix="furtherSubnets.0."
                    siblings={siblings6}
                    onChange={(patch) => change({ subnet6: { ...subnet6, ...patch } })}
                  />
                </fieldset>
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
                    adding={
                      resource === 'networks' ? 1 : Number(draft.withSubnet) + Number(draft.withSubnet6)
                    }
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
