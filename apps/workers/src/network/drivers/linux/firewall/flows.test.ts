import { expect, test } from 'vitest'
import { allow, everythingOut, firewall, group, tcp } from '../../../testing/groups.ts'
import { endOf, forbiddenFlows, parseFlows } from './flows.ts'

const listing = `tcp      6 431999 ESTABLISHED src=10.0.0.31 dst=10.0.0.32 sport=58200 dport=80 src=10.0.0.32 dst=10.0.0.31 sport=80 dport=58200 [ASSURED] mark=0 zone=5004 use=1
tcp      6 300 ESTABLISHED src=10.0.0.32 dst=10.0.0.31 sport=80 dport=58201 src=10.0.0.31 dst=10.0.0.32 sport=58201 dport=80 [ASSURED] mark=1 zone=5004 use=1
icmp     1 29 src=10.0.0.31 dst=10.0.0.32 type=8 code=0 id=51 src=10.0.0.32 dst=10.0.0.31 type=0 code=0 id=51 mark=0 zone=5004 use=1
udp      17 29 src=10.0.0.32 dst=10.0.0.2 sport=68 dport=67 src=10.0.0.2 dst=10.0.0.32 sport=67 dport=68 mark=0 zone=5004 use=1
unknown  112 599 src=10.0.0.31 dst=10.0.0.32 [UNREPLIED] src=10.0.0.32 dst=10.0.0.31 mark=0 zone=5004 use=1
tcp      6 300 ESTABLISHED src=10.0.0.31 dst=10.0.0.32 sport=58200 dport=80 src=10.0.0.32 dst=10.0.0.31 sport=80 dport=58200 [ASSURED] mark=0 zone=9 use=1
tcp      6 300 ESTABLISHED src=fd00::1 dst=fd00::2 sport=1 dport=2 src=fd00::2 dst=fd00::1 sport=2 dport=1 mark=0 use=1
nonsense
`
const network = { networkId: 'n', bridge: 'br5003', segmentId: 5003, cidrs: ['10.0.0.0/24'] }
const members = group([everythingOut])

const forbidden = (rules: Parameters<typeof group>[0], inGroup: string[] = []) => {
  const servers = group(rules)
  const of = (last: number, groupId: string) => ({
    tap: `tap${last}`,
    networkId: 'n',
    groups: [groupId],
    addresses: [`10.0.0.${last}`],
  })
  return forbiddenFlows(parseFlows(listing), {
    spec: firewall([servers, members], {
      [members.groupId]: inGroup.map((address) => ({ networkId: 'n', address })),
    }),
    ports: [of(31, members.groupId), of(32, servers.groupId)],
    networks: new Map([[5004, network]]),
  }).map(endOf)
}
const web = '-D -w 5004 -p 6 -s 10.0.0.31 -d 10.0.0.32 --sport 58200 --dport 80'
const midstream = '-D -w 5004 -p 6 -s 10.0.0.32 -d 10.0.0.31 --sport 80 --dport 58201'
const ping = '-D -w 5004 -p 1 -s 10.0.0.31 -d 10.0.0.32 --icmp-type 8 --icmp-code 0 --icmp-id 51'
const vrrp = '-D -w 5004 -p 112 -s 10.0.0.31 -d 10.0.0.32'

test('what no rule lets through is found, in its own network only, and the way it began', () => {
  expect(forbidden([everythingOut])).toEqual([web, midstream, ping, vrrp])
  expect(forbidden([everythingOut, tcp(80)])).toEqual([ping, vrrp])
  expect(forbidden([everythingOut, tcp(81), allow({ protocol: 1, portMin: 8, portMax: 0 })])).toEqual([
    web,
    midstream,
    vrrp,
  ])
  expect(
    forbidden([everythingOut, allow({ protocol: 112 }), allow({ protocol: 1, portMin: 8, portMax: 1 })]),
  ).toEqual([web, midstream, ping])
  expect(forbidden([allow({ cidr: '10.0.0.0/27' })])).toEqual([])
  expect(forbidden([allow({ cidr: '10.0.0.32/27' })])).toHaveLength(4)
})

test('members of a group that a rule names may go on, by address or range', () => {
  const rules = [allow({ groupId: members.groupId })]
  expect(forbidden(rules)).toHaveLength(4)
  expect(forbidden(rules, ['10.0.0.31'])).toEqual([])
  expect(forbidden(rules, ['10.0.0.16/28'])).toEqual([])
  expect(forbidden(rules, ['10.0.0.32/28'])).toHaveLength(4)
})
