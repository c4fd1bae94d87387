'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Select } from '#ui/select.tsx'
import { dangerOf, presets } from './presets.ts'
import type { SecurityGroupDetail } from './row.ts'
import {
  addressesOf,
  emptyRule,
  portFields,
  prefixFields,
  presetFields,
  type RuleDraft,
  ruleInput,
} from './rule-draft.ts'
import { ruleSentence } from './words.ts'

const useGroup = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.securityGroups.show.queryOptions({ id }))
}

/** Adds a rule to a group; what it will mean is said while it is entered. */
export function SecurityRuleNewPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Add rule" query={useGroup(of)} onClose={onClose}>
      {(group) => <RuleForm group={group} onClose={onClose} />}
    </PanelOf>
  )
}

function RuleForm({ group, onClose }: { group: SecurityGroupDetail; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft<RuleDraft>(emptyRule)
  const groups = useQuery(trpc.network.securityGroups.list.queryOptions({ limit: 200 })).data?.items ?? []
  const others = groups.filter(({ id, projectId }) => id !== group.id && projectId === group.projectId)
  const addressGroups =
    useQuery(trpc.network.addressGroups.list.queryOptions({ limit: 200 })).data?.items ?? []
  const { input, problem } = ruleInput(draft)
  const sentence = ruleSentence(
    {
      ...input,
      groupId: group.id,
      remoteGroupName: groups.find(({ id }) => id === input.remoteGroupId)?.name ?? null,
      remoteAddressGroupName: addressGroups.find(({ id }) => id === input.remoteAddressGroupId)?.name ?? null,
    },
    group.portCount,
  )
  const danger = dangerOf(input)
  const create = useMutation(
    trpc.network.securityGroupRules.create.mutationOptions({
      onSuccess: () => {
        toast.success(`${sentence}: added to ${group.name}`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Add rule"
      description={group.name}
      submit="Add rule"
      mutation={create}
      fields={[
        'direction',
        'ethertype',
        'protocol',
        'portMin',
        'portMax',
        'remoteIpPrefix',
        'remoteGroupId',
        'remoteAddressGroupId',
      ]}
      reason={readOnly ?? problem}
      dirty={dirty}
      onSubmit={() => create.mutate({ securityGroupId: group.id, ...input })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <RadioCards
            label="Direction"
            className="grid-cols-2"
            value={draft.direction}
            options={[
              { value: 'ingress', title: 'Incoming', facts: 'Who reaches the members' },
              { value: 'egress', title: 'Outgoing', facts: 'Whom the members reach' },
            ]}
            onChange={(direction) => change({ direction })}
          />
          <Field label="What passes">
            <Select
              value={draft.preset}
              onChange={(preset) => change(presetFields(preset))}
              options={presets.map(({ value, label, protocol, from }) => ({
                value,
                label,
                note: from && protocol !== 'icmp' ? `${protocol.toUpperCase()} ${from}` : undefined,
              }))}
            />
          </Field>
          <Field label="Family" error={errors.ethertype}>
            <Select
              value={draft.ethertype}
              onChange={(ethertype) => change({ ethertype: ethertype as RuleDraft['ethertype'] })}
              options={[
                { value: 'IPv4', label: 'IPv4' },
                { value: 'IPv6', label: 'IPv6' },
              ]}
            />
          </Field>
          {draft.preset === 'custom' && <Custom draft={draft} errors={errors} onChange={change} />}
          <Field
            label={draft.direction === 'ingress' ? 'From' : 'To'}
            error={errors.remoteGroupId ?? errors.remoteAddressGroupId}
            hint="Members of a group are let through wherever they are. Who joins it, and an address that an address group gets, is let through at once."
          >
            <Select
              value={draft.remote}
              onChange={(remote) => change({ remote })}
              options={[
                { value: 'anywhere', label: 'Anywhere' },
                { value: 'range', label: 'A range of addresses' },
                { value: group.id, label: 'Members of this group' },
                ...others.map(({ id, name, portCount }) => ({
                  value: id,
                  label: `Members of ${name}`,
                  note: `${portCount} ${portCount === 1 ? 'port' : 'ports'}`,
                })),
                ...addressGroups
                  .filter(({ projectId }) => projectId === group.projectId)
                  .map(({ id, name, addresses }) => ({
                    value: `${addressesOf}${id}`,
                    label: `Addresses of ${name}`,
                    note: count(addresses.length, 'address', 'addresses'),
                  })),
              ]}
            />
          </Field>
          {draft.remote === 'range' && (
            <Field
              label="Addresses"
              error={errors.remoteIpPrefix}
              hint="One address, or a range in CIDR form."
            >
              <Input
                value={draft.prefix}
                spellCheck={false}
                placeholder={draft.ethertype === 'IPv4' ? '192.0.2.0/24' : '2001:db8::/32'}
                className="font-mono"
                onChange={(event) => change(prefixFields(event.target.value))}
              />
            </Field>
          )}
          <Field label="Description" optional>
            <Input
              value={draft.description}
              maxLength={255}
              onChange={(event) => change({ description: event.target.value })}
            />
          </Field>
          <div role="status" className="rounded-lg border border-line bg-surface px-3 py-2.5 text-sm">
            {sentence}.
            {danger && <p className="mt-1 text-warn-text">{danger} Name the addresses that need it.</p>}
          </div>
          <ApiCall verb="network.securityGroupRules.create" input={{ securityGroupId: group.id, ...input }} />
        </>
      )}
    </FormPanel>
  )
}

function Custom({
  draft,
  errors,
  onChange,
}: {
  draft: RuleDraft
  errors: Record<string, string>
  onChange: (patch: Partial<RuleDraft>) => void
}) {
  const ports = portFields(draft.protocol.trim().toLowerCase())
  return (
    <>
      <Field label="Protocol" error={errors.protocol} hint="tcp, udp, icmp, gre …, a number, or any.">
        <Input
          value={draft.protocol}
          spellCheck={false}
          onChange={(event) => onChange({ protocol: event.target.value })}
        />
      </Field>
      {ports && (
        <div className="grid grid-cols-2 gap-4">
          <Field label={ports.from} optional error={errors.portMin} hint={ports.hint}>
            <Input
              inputMode="numeric"
              value={draft.from}
              className="tabular"
              onChange={(event) => onChange({ from: event.target.value })}
            />
          </Field>
          <Field label={ports.to} optional error={errors.portMax}>
            <Input
              inputMode="numeric"
              value={draft.to}
              className="tabular"
              onChange={(event) => onChange({ to: event.target.value })}
            />
          </Field>
        </div>
      )}
    </>
  )
}
