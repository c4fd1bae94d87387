import { randomUUID as newId } from 'node:crypto'
import type { FirewallSpec, GroupMemberSpec, SecurityGroupSpec, SecurityRuleSpec } from '../driver.ts'

/** A rule that lets everything in unless `fields` say what. */
export const allow = (fields: Partial<SecurityRuleSpec> = {}): SecurityRuleSpec => ({
  direction: 'ingress',
  protocol: null,
  portMin: null,
  portMax: null,
  cidr: null,
  groupId: null,
  ...fields,
})

/** TCP to a port. */
export const tcp = (port: number, fields: Partial<SecurityRuleSpec> = {}): SecurityRuleSpec =>
  allow({ protocol: 6, portMin: port, portMax: port, ...fields })

/** Everything out. */
export const everythingOut = allow({ direction: 'egress' })

/** A group with these rules. */
export const group = (
  rules: SecurityRuleSpec[],
  fields: Partial<SecurityGroupSpec> = {},
): SecurityGroupSpec => ({ groupId: newId(), stateful: true, rules, ...fields })

/** What the driver is told of these groups. */
export const firewall = (
  groups: SecurityGroupSpec[],
  members: Record<string, GroupMemberSpec[]> = {},
): FirewallSpec => ({
  groups: new Map(groups.map((one) => [one.groupId, one])),
  members: new Map(Object.entries(members)),
})
