import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { type HostWithoutFilter, hostsWithoutFilter } from './enforcement.ts'
import { findSecurityGroup, type SecurityGroupRow } from './row.ts'
import { ruleRow, ruleSelect, type SecurityGroupRuleRow } from './rule-row.ts'

const mostPorts = 200

/** A port that is in a group. */
export interface SecurityGroupMember {
  portId: string
  portName: string
  instanceId: string | null
  instanceName: string | null
  networkId: string
  networkName: string
  addresses: string[]
}

/** A security group with its rules and who is in it; at most 200 ports. */
export interface SecurityGroupDetail extends SecurityGroupRow {
  rules: SecurityGroupRuleRow[]
  members: SecurityGroupMember[]
  /** Other groups with rules that name this one. */
  namedBy: { id: string; name: string; ruleCount: number }[]
  /** Hosts that cannot filter: what is there is open. */
  notApplied: HostWithoutFilter[]
}

/** One security group with its rules. @throws NephosError not_found */
export const showSecurityGroup = defineVerb({
  name: 'network.securityGroups.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<SecurityGroupDetail> => {
    const db = reader(ctx)
    const row = await findSecurityGroup(ctx, db, id)
    const [rules, ports, namedBy, notApplied] = await Promise.all([
      db.securityGroupRule.findMany({
        where: { groupId: id },
        select: ruleSelect,
        orderBy: [{ direction: 'desc' }, { createdAt: 'asc' }, { id: 'asc' }],
      }),
      db.port.findMany({
        where: { securityGroups: { some: { groupId: id } } },
        select: {
          id: true,
          name: true,
          instanceId: true,
          instance: { select: { name: true } },
          networkId: true,
          network: { select: { name: true } },
          allocations: { select: { ipAddress: true }, orderBy: { ipAddress: 'asc' } },
        },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: mostPorts,
      }),
      db.securityGroup.findMany({
        where: { rules: { some: { remoteGroupId: id } }, id: { not: id } },
        select: {
          id: true,
          name: true,
          _count: { select: { rules: { where: { remoteGroupId: id } } } },
        },
        orderBy: { name: 'asc' },
      }),
      hostsWithoutFilter(ctx, db),
    ])
    return {
      ...row,
      rules: rules.map(ruleRow),
      members: ports.map((port) => ({
        portId: port.id,
        portName: port.name,
        instanceId: port.instanceId,
        instanceName: port.instance?.name ?? null,
        networkId: port.networkId,
        networkName: port.network.name,
        addresses: port.allocations.map(({ ipAddress }) => ipAddress),
      })),
      namedBy: namedBy.map(({ _count, ...group }) => ({ ...group, ruleCount: _count.rules })),
      notApplied,
    }
  },
})
