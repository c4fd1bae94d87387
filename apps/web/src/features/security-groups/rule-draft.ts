import { type Preset, presets } from './presets.ts'

/** A rule as it is entered. */
export interface RuleDraft {
  direction: 'ingress' | 'egress'
  preset: Preset
  ethertype: 'IPv4' | 'IPv6'
  protocol: string
  from: string
  to: string
  /** anywhere, range, the id of a group, or that of an address group after {@link addressesOf}. */
  remote: string
  prefix: string
  description: string
}

/** SSH from anywhere: what most rules begin with. */
export const emptyRule: RuleDraft = {
  direction: 'ingress',
  preset: 'ssh',
  ethertype: 'IPv4',
  protocol: 'tcp',
  from: '22',
  to: '22',
  remote: 'anywhere',
  prefix: '',
  description: '',
}

/** What choosing a preset fills in. */
export function presetFields(value: string): Pick<RuleDraft, 'preset' | 'protocol' | 'from' | 'to'> {
  const { value: preset, protocol, from, to } = presets.find((one) => one.value === value) ?? presets[0]
  return { preset, protocol, from, to }
}

/** Stands before the id of an address group. */
export const addressesOf = 'addresses '

const isIcmp = (protocol: string) => /^(1|58|icmp|ipv6-icmp|icmpv6|icmp6)$/.test(protocol)

/** What the fields of ports mean for a protocol; null where it has none. */
export function portFields(protocol: string): { from: string; to: string; hint: string } | null {
  if (isIcmp(protocol)) return { from: 'Type', to: 'Code', hint: 'Empty: every one.' }
  if (/^(6|17|33|132|136|tcp|udp|dccp|sctp|udplite)$/.test(protocol))
    return { from: 'First port', to: 'Last port', hint: 'Both empty: every port.' }
  return null
}

/** What typing a range fills in: its family is that of the rule. */
export const prefixFields = (prefix: string): Partial<RuleDraft> => ({
  prefix,
  ...(/[.:]/.test(prefix) && { ethertype: prefix.includes(':') ? 'IPv6' : 'IPv4' }),
})

/** The rule that the server is asked for, or why it cannot be asked for yet. */
export function ruleInput(draft: RuleDraft) {
  const ping6 = draft.preset === 'icmp' && draft.ethertype === 'IPv6'
  const protocol = ping6 ? 'ipv6-icmp' : draft.protocol.trim().toLowerCase()
  const fields = portFields(protocol)
  const number = (text: string) => (text.trim() === '' ? null : Number(text))
  // A ping has another number in IPv6.
  const portMin = ping6 ? 128 : fields ? number(draft.from) : null
  // One port is a range of one.
  const last = fields ? number(draft.to) : null
  const portMax = last === null && !isIcmp(protocol) ? portMin : last
  const prefix = draft.prefix.trim()
  const problem = draft.remote === 'range' && !prefix ? 'Name the addresses of the other side.' : null
  const addresses = draft.remote.startsWith(addressesOf) ? draft.remote.slice(addressesOf.length) : null
  const named = draft.remote !== 'anywhere' && draft.remote !== 'range'
  const everywhere = draft.ethertype === 'IPv4' ? '0.0.0.0/0' : '::/0'
  return {
    input: {
      direction: draft.direction,
      ethertype: draft.ethertype,
      protocol: protocol === '' || protocol === 'any' ? null : protocol,
      portMin,
      portMax,
      remoteIpPrefix: named ? null : draft.remote === 'range' ? prefix : everywhere,
      remoteGroupId: named && addresses === null ? draft.remote : null,
      remoteAddressGroupId: addresses,
      description: draft.description.trim(),
    },
    problem,
  }
}
