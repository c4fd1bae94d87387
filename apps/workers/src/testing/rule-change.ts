import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PortSpec } from '../network/driver.ts'
import { Firewall } from '../network/drivers/linux/firewall/firewall.ts'
import { ensureNamespace, removeNamespace } from '../network/drivers/linux/namespaces.ts'
import { everythingOut, firewall, group, tcp } from '../network/testing/groups.ts'
import { canMakeNetworks } from '../network/testing/linux-host.ts'
import { mac, network, port, withPorts } from '../network/testing/specs.ts'

// Measures what it takes a host to apply one changed rule, one member more and one port more, with few ports and with
// many. A program: it prints one line of JSON, or null where real networks cannot be made.

const rounds = 15

/** Milliseconds, medians. */
interface Figures {
  rule: number
  member: number
  port: number
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!

async function timed(work: (round: number) => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work(round)
    times.push(performance.now() - start)
  }
  return median(times)
}

async function measure(netns: string, ports: number): Promise<Figures> {
  const base = network(77)
  const clients = group([everythingOut])
  const servers = group([everythingOut, tcp(80, { groupId: clients.groupId })])
  const own: PortSpec[] = Array.from({ length: ports }, (_, index) => ({
    ...port(base, index % 250),
    mac: mac(index % 250),
    ips: [`10.${1 + Math.floor(index / 250)}.0.${index % 250}`],
    securityGroups: [servers.groupId],
  }))
  const members = own.map(({ ips }) => ({ networkId: base.networkId, address: ips[0]! }))
  const host = new Firewall(netns, { warn: () => {} })
  const spec = (rules: typeof servers.rules, more: typeof members = []) =>
    firewall([clients, { ...servers, rules }], { [clients.groupId]: [...members, ...more] })
  await host.setSpec(spec(servers.rules))
  await host.replace([withPorts(base, own)])
  return {
    rule: await timed((round) => host.setSpec(spec([...servers.rules, tcp(1_000 + round)]))),
    member: await timed((round) =>
      host.setSpec(spec(servers.rules, [{ networkId: base.networkId, address: `10.200.0.${round + 1}` }])),
    ),
    port: await timed((round) => host.setPort({ ...port(base, 251), ips: [`10.201.0.${round + 1}`] })),
  }
}

if (canMakeNetworks()) {
  const home = await mkdtemp(join(tmpdir(), 'nephos-rules-'))
  const netns = `nephos-bench-${home.slice(-6)}`
  try {
    await ensureNamespace(netns)
    const few = await measure(netns, 1)
    const many = await measure(netns, 500)
    console.log(JSON.stringify({ few, many }))
  } finally {
    await removeNamespace(netns)
    await rm(home, { recursive: true, force: true })
  }
} else console.log('null')
