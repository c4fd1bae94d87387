import type { Prisma } from '@nephos/db'

/** What is read of a rule. */
export const ruleSelect = {
  id: true,
  groupId: true,
  projectId: true,
  direction: true,
  ethertype: true,
  protocol: true,
  portMin: true,
  portMax: true,
  remoteIpPrefix: true,
  remoteGroupId: true,
  remoteAddressGroupId: true,
  description: true,
  createdAt: true,
  remoteGroup: { select: { name: true } },
  remoteAddressGroup: { select: { name: true } },
} satisfies Prisma.SecurityGroupRuleSelect
type RuleRecord = Prisma.SecurityGroupRuleGetPayload<{ select: typeof ruleSelect }>

/** One rule of a security group: what it lets through. */
export interface SecurityGroupRuleRow {
  id: string
  groupId: string
  projectId: string
  direction: 'ingress' | 'egress'
  ethertype: 'IPv4' | 'IPv6'
  /** A name or number of IANA's; null: every protocol. */
  protocol: string | null
  /** First port, or the type of ICMP; null: all. */
  portMin: number | null
  /** Last port, or the code of ICMP; null: all. */
  portMax: number | null
  remoteIpPrefix: string | null
  remoteGroupId: string | null
  remoteGroupName: string | null
  remoteAddressGroupId: string | null
  remoteAddressGroupName: string | null
  description: string
  createdAt: Date
}

/** The row of a rule. */
export const ruleRow = ({
  remoteGroup,
  remoteAddressGroup,
  ...record
}: RuleRecord): SecurityGroupRuleRow => ({
  ...record,
  direction: record.direction as SecurityGroupRuleRow['direction'],
  ethertype: record.ethertype as SecurityGroupRuleRow['ethertype'],
  remoteGroupName: remoteGroup?.name ?? null,
  remoteAddressGroupName: remoteAddressGroup?.name ?? null,
})
