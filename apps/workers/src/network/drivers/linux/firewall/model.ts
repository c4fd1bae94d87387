import type { IpVersion } from '@nephos/core/ip'

/** Name of the tables in families inet and bridge. */
export const firewallTable = 'nephos_groups'

/** A set of addresses, each after the mark of a network; one of ranges holds prefixes. */
export interface AddressSet {
  version: IpVersion
  ranges: boolean
  elements: ReadonlySet<string>
}

/** All that changes in the tables, by name. Everything else in them is fixed. */
export interface FirewallModel {
  sets: ReadonlyMap<string, AddressSet>
  /** Bridge → zone of conntrack. */
  zones: ReadonlyMap<string, number>
  /** Bridge → mark of its network. */
  networks: ReadonlyMap<string, number>
  chains: ReadonlyMap<string, readonly string[]>
  /** Tap → verdict on what its guest sends. */
  egress: ReadonlyMap<string, string>
  /** Tap → verdict on what its guest is sent. */
  ingress: ReadonlyMap<string, string>
}

/** A host without networks. */
export const emptyModel: FirewallModel = {
  sets: new Map(),
  zones: new Map(),
  networks: new Map(),
  chains: new Map(),
  egress: new Map(),
  ingress: new Map(),
}

const setType = ({ version, ranges }: AddressSet) =>
  `type mark . ipv${version}_addr${ranges ? '; flags interval' : ''}`
const quoted = (name: string) => `"${name}"`

/**
 * Both tables, put in place of what is there in one step. A frame through the bridge meets them like this: its network
 * gives it a zone of conntrack (addresses of different networks overlap) and a mark; conntrack's verdict is noted in
 * the two lowest bits of the mark, because family bridge cannot ask conntrack; then what its sender may send is
 * looked up by the tap it came from, and after that, in a hook of its own, what its receiver may get. A tap that
 * nobody told of passes nothing. What the host itself serves to guests, addresses and metadata, always passes.
 * @param arrived taps whose connections are taken over, with the seconds left; null: until further notice
 */
export function firewallText(
  model: FirewallModel,
  arrived: ReadonlyMap<string, number | null> = new Map(),
): string {
  const elements = (list: readonly string[]) =>
    list.length > 0 ? `\n    elements = { ${list.join(', ')} }` : ''
  const verdicts = (map: ReadonlyMap<string, string>) =>
    elements([...map].map(([tap, verdict]) => `${quoted(tap)} : ${verdict}`))
  const numbers = (map: ReadonlyMap<string, number>) =>
    elements([...map].map(([bridge, number]) => `${quoted(bridge)} : ${number}`))
  return `table inet ${firewallTable}
delete table inet ${firewallTable}
table inet ${firewallTable} {
  map zones {
    typeof iifname : ct zone${numbers(model.zones)}
  }
  map networks {
    type ifname : mark${numbers(model.networks)}
  }
  chain zone {
    type filter hook prerouting priority -300; policy accept;
    iifname "br*" ct zone set iifname map @zones
  }
  chain state {
    type filter hook prerouting priority -150; policy accept;
    iifname "br*" jump bridged
  }
  chain bridged {
    meta mark set iifname map @networks
    ct state established,related meta mark set meta mark | 0x1 return
    ct state invalid meta mark set meta mark | 0x2 return
    ct state new tcp flags & (fin | syn | rst | ack) != syn ct mark set 0x1
  }
}
table bridge ${firewallTable}
delete table bridge ${firewallTable}
table bridge ${firewallTable} {
  set arrived {
    type ifname
    flags timeout${elements([...arrived].map(([tap, left]) => quoted(tap) + (left === null ? '' : ` timeout ${left}s`)))}
  }
${[...model.sets].map(([name, set]) => `  set ${name} {\n    ${setType(set)}${elements([...set.elements])}\n  }\n`).join('')}  chain midstream_egress {
    iifname @arrived accept
    counter drop
  }
  chain midstream_ingress {
    oifname @arrived accept
    counter drop
  }
${inOrder(model.chains)
  .map(([name, lines]) => `  chain ${name} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`)
  .join('')}  map egress {
    type ifname : verdict${verdicts(model.egress)}
  }
  map ingress {
    type ifname : verdict${verdicts(model.ingress)}
  }
  chain sent {
    type filter hook forward priority 10; policy accept;
    oifname "dh*" accept
    iifname vmap @egress
    iifname "tap*" counter drop
  }
  chain received {
    type filter hook forward priority 20; policy accept;
    iifname "dh*" accept
    oifname vmap @ingress
    oifname "tap*" counter drop
  }
}
`
}

/** Chains that others jump to, before those. */
const inOrder = (chains: FirewallModel['chains']): [string, readonly string[]][] =>
  [...chains].sort(([a], [b]) => Number(isCombination(a)) - Number(isCombination(b)))

/** True for the chain of ports with the same groups, which jumps to the chains of the groups. */
export const isCombination = (chain: string): boolean => chain.startsWith('c')

/** How one model becomes another. */
export interface FirewallChange {
  /** One step for nft; empty when there is no difference. */
  text: string
  /** Something that passed may not pass any more. */
  narrower: boolean
}

/** The difference between two models, as one step that costs what has changed. */
export function firewallChange(before: FirewallModel, after: FirewallModel): FirewallChange {
  const at = (name: string) => `bridge ${firewallTable} ${name}`
  const first: string[] = []
  const fill: string[] = []
  const last: string[] = []
  let narrower = false
  for (const [name, set] of after.sets) {
    const { ranges, elements } = set
    const old = before.sets.get(name)
    if (old?.elements === elements) continue
    if (!old) first.push(`add set ${at(name)} { ${setType(set)} ; }`)
    const gone = [...(old?.elements ?? [])].filter((one) => !elements.has(one))
    const come = [...elements].filter((one) => !old?.elements.has(one))
    if (gone.length > 0) narrower = true
    // A range may only be told once the ranges that it overlaps are gone.
    if (ranges && gone.length > 0) fill.push(`flush set ${at(name)}`)
    else if (gone.length > 0) fill.push(`delete element ${at(name)} { ${gone.join(', ')} }`)
    const add = ranges && gone.length > 0 ? [...elements] : come
    if (add.length > 0) fill.push(`add element ${at(name)} { ${add.join(', ')} }`)
  }
  for (const [name, lines] of after.chains) {
    const old = before.chains.get(name)
    if (old && (old === lines || old.join('\n') === lines.join('\n'))) continue
    if (!old) first.push(`add chain ${at(name)}`)
    // Also a new one: it may be there from before this process.
    fill.push(`flush chain ${at(name)}`, ...lines.map((line) => `add rule ${at(name)} ${line}`))
    if (old?.some((line) => !lines.includes(line))) narrower = true
  }
  for (const name of ['egress', 'ingress'] as const) {
    const [changed, gone] = mapChange(before[name], after[name])
    for (const tap of [...gone, ...changed.filter((one) => before[name].has(one))])
      fill.push(`delete element ${at(name)} { ${quoted(tap)} }`)
    for (const tap of changed)
      fill.push(`add element ${at(name)} { ${quoted(tap)} : ${after[name].get(tap)} }`)
    if (changed.some((tap) => before[name].has(tap))) narrower = true
  }
  for (const name of ['zones', 'networks'] as const) {
    const table = `inet ${firewallTable} ${name}`
    const [changed, gone] = mapChange(before[name], after[name])
    for (const bridge of [...gone, ...changed.filter((one) => before[name].has(one))])
      first.push(`delete element ${table} { ${quoted(bridge)} }`)
    for (const bridge of changed)
      first.push(`add element ${table} { ${quoted(bridge)} : ${after[name].get(bridge)} }`)
  }
  const goneChains = inOrder(before.chains)
    .map(([name]) => name)
    .filter((name) => !after.chains.has(name))
    .reverse()
  for (const name of goneChains) last.push(`flush chain ${at(name)}`)
  for (const name of goneChains) last.push(`delete chain ${at(name)}`)
  for (const name of before.sets.keys()) if (!after.sets.has(name)) last.push(`delete set ${at(name)}`)
  const lines = [...first, ...fill, ...last]
  return { text: lines.length > 0 ? `${lines.join('\n')}\n` : '', narrower }
}

function mapChange<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): [changed: string[], gone: string[]] {
  const changed = [...after].filter(([key, value]) => before.get(key) !== value).map(([key]) => key)
  return [changed, [...before.keys()].filter((key) => !after.has(key))]
}
