'use client'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { errorBelow } from '#features/forms/form-errors.ts'
import type { RouterInputs } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { CheckField } from '#ui/check-field.tsx'
import { cn } from '#ui/cn.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input, Textarea } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type AddressWay, addressWays, formedByGuests, wayInput } from './address-ways.ts'
import { readPools, type SubnetText, splitList, subnetHelp } from './subnet-help.ts'

/** A subnet as a form holds it. */
export interface SubnetDraft extends SubnetText {
  name: string
  enableDhcp: boolean
  way: AddressWay
  dnsServers: string
  pools: string
}

/** A new subnet on a range. */
export const emptySubnet = (cidr: string): SubnetDraft => ({
  name: '',
  cidr,
  gatewayIp: '',
  noGateway: false,
  enableDhcp: true,
  way: 'slaac',
  dnsServers: '',
  pools: '',
})

/** The range that is typed is one of IPv6. */
const isIpv6 = ({ cidr }: Pick<SubnetDraft, 'cidr'>): boolean => cidr.includes(':')

const takesPools = (draft: SubnetDraft): boolean => !isIpv6(draft) || !formedByGuests(draft.way)

/** What the form says in the server's words, and why it cannot be sent yet. */
export function subnetInput(
  draft: SubnetDraft,
  siblings: readonly string[] = [],
): { input: Omit<RouterInputs['network']['subnets']['create'], 'networkId'>; problem: string | null } {
  const help = subnetHelp(draft, siblings)
  const { pools, problem } = readPools(draft.pools)
  const poolProblem = takesPools(draft) ? problem : null
  return {
    problem:
      help.problem ?? help.gatewayProblem ?? poolProblem ?? (help.facts ? null : 'Give an address range.'),
    input: {
      cidr: draft.cidr.trim(),
      ...(draft.name.trim() && { name: draft.name.trim() }),
      ...(draft.noGateway
        ? { gatewayIp: null }
        : draft.gatewayIp.trim() && { gatewayIp: draft.gatewayIp.trim() }),
      ...(isIpv6(draft) ? wayInput(draft.way) : !draft.enableDhcp && { enableDhcp: false }),
      ...(draft.dnsServers.trim() && { dnsServers: splitList(draft.dnsServers) }),
      ...(pools.length > 0 && takesPools(draft) && { pools }),
    },
  }
}

/** The fields of a subnet, explained while they are filled in. `prefix`: where it is in the server's field paths. */
export function SubnetFields({
  draft,
  errors,
  prefix = '',
  siblings = [],
  onChange,
}: {
  draft: SubnetDraft
  errors: Record<string, string>
  prefix?: string
  siblings?: readonly string[]
  onChange: (patch: Partial<SubnetDraft>) => void
}) {
  const [open, setOpen] = useState(false)
  const { problem, suggestion, facts, gatewayProblem } = subnetHelp(draft, siblings)
  const { problem: poolProblem } = readPools(draft.pools)
  const at = (field: string) => errorBelow(errors, prefix + field)
  const forced = Boolean(at('pools') || at('name'))
  const six = isIpv6(draft)
  return (
    <div className="flex flex-col gap-4">
      <div>
        <Field label="Address range" error={at('cidr') ?? problem}>
          <Input
            value={draft.cidr}
            placeholder="10.0.0.0/24 or fd00:1::/64"
            onChange={(event) => onChange({ cidr: event.target.value })}
            className="font-mono"
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
        {suggestion && (
          <Button size="sm" className="mt-2" onClick={() => onChange({ cidr: suggestion })}>
            Use {suggestion}
          </Button>
        )}
        {facts && (
          <p className="tabular mt-1.5 text-xs text-muted" aria-live="polite">
            {facts.version === 4
              ? `${count(facts.usable, 'usable address', 'usable addresses')}, `
              : 'IPv6 addresses from '}
            {facts.first} to {facts.last}
            {facts.gateway && `; gateway ${facts.gateway}`}
            {facts.version === 4 && `; ${facts.automatic} can be given out`}.
          </p>
        )}
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Gateway" optional error={at('gatewayIp') ?? gatewayProblem}>
          <Input
            value={draft.noGateway ? '' : draft.gatewayIp}
            disabled={draft.noGateway}
            placeholder={draft.noGateway ? 'none' : (facts?.first ?? 'the first address')}
            onChange={(event) => onChange({ gatewayIp: event.target.value })}
            className="font-mono"
            spellCheck={false}
          />
        </Field>
        <Field label="DNS servers" optional error={at('dnsServers')} hint="Up to five, with blanks between.">
          <Input
            value={draft.dnsServers}
            placeholder={six ? '2620:fe::fe' : '9.9.9.9 1.1.1.1'}
            onChange={(event) => onChange({ dnsServers: event.target.value })}
            className="font-mono"
            spellCheck={false}
          />
        </Field>
      </div>
      <CheckField
        label="No gateway"
        hint="Guests get no default route from this subnet."
        checked={draft.noGateway}
        onChange={(noGateway) => onChange({ noGateway })}
      />
      {six ? (
        <Field
          label="How instances get their address"
          error={at('ipv6AddressMode') ?? at('ipv6RaMode') ?? at('enableDhcp')}
        >
          <Select
            value={draft.way}
            options={addressWays}
            onChange={(way) => onChange({ way: way as AddressWay })}
          />
        </Field>
      ) : (
        <CheckField
          label="DHCP"
          hint="Guests get their address, routes and DNS servers by themselves."
          checked={draft.enableDhcp}
          onChange={(enableDhcp) => onChange({ enableDhcp })}
        />
      )}
      <button
        type="button"
        aria-expanded={open || forced}
        onClick={() => setOpen(!open)}
        className="inline-flex items-center gap-1 self-start rounded text-[13px] text-muted hover:text-fg"
      >
        <ChevronRight
          className={cn('size-4 transition-transform', (open || forced) && 'rotate-90')}
          aria-hidden="true"
        />
        {takesPools(draft) ? 'Name and pools of the subnet' : 'Name of the subnet'}
      </button>
      {(open || forced) && (
        <>
          <Field label="Subnet name" optional error={at('name')}>
            <Input
              value={draft.name}
              maxLength={255}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          </Field>
          {takesPools(draft) && (
            <Field
              label="Pools"
              optional
              error={at('pools') ?? poolProblem}
              hint="Where automatic addresses come from, one first - last a line. Empty: every address but the gateway's."
            >
              <Textarea
                value={draft.pools}
                placeholder={
                  facts && !six
                    ? `${facts.first.replace(/\d+$/, '10')} - ${facts.first.replace(/\d+$/, '99')}`
                    : undefined
                }
                onChange={(event) => onChange({ pools: event.target.value })}
                className="min-h-20 font-mono text-xs"
                spellCheck={false}
              />
            </Field>
          )}
        </>
      )}
    </div>
  )
}
