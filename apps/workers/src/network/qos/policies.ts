import { effectOf, type QosEffect, type Services, stricterLimits } from '@nephos/core'
import type { NetworkSpec, PortSpec } from '../driver.ts'

const nothing: QosEffect = { limits: null, dscp: null }

/** The policy that holds for a port: its own, or that of its network. */
export const policyOf = ({ qos }: Pick<PortSpec, 'qos'>): string | null =>
  qos?.portPolicyId ?? qos?.networkPolicyId ?? null

/** The QoS policies that ports of one host have. What is known is kept. */
export class HostQosPolicies {
  readonly #db: Services['db']
  readonly #effects = new Map<string, QosEffect>()

  constructor(db: Services['db']) {
    this.#db = db
  }

  /** Ports as they were given, with what they may carry and how they are marked: the stricter of policy and flavor. */
  async limit(ports: readonly PortSpec[]): Promise<PortSpec[]> {
    await this.#ensure(ports)
    return ports.map((port) => this.#limited(port))
  }

  /** {@link limit} for all ports of networks. */
  async limitAll(networks: readonly NetworkSpec[]): Promise<NetworkSpec[]> {
    await this.#ensure(networks.flatMap(({ ports }) => ports))
    return networks.map((network) => ({
      ...network,
      ports: network.ports.map((port) => this.#limited(port)),
    }))
  }

  /** Reads a policy whose rules have changed. @returns false for one that no port here has */
  async changed(id: string): Promise<boolean> {
    if (!this.#effects.has(id)) return false
    await this.#read([id])
    return true
  }

  /** Forgets all, so that it is read anew. */
  forget(): void {
    this.#effects.clear()
  }

  async #ensure(ports: readonly PortSpec[]): Promise<void> {
    const missing = new Set(
      ports.flatMap((port) => policyOf(port) ?? []).filter((id) => !this.#effects.has(id)),
    )
    if (missing.size > 0) await this.#read([...missing])
  }

  async #read(ids: string[]): Promise<void> {
    const policies = await this.#db.qosPolicy.findMany({
      where: { id: { in: ids } },
      select: { id: true, rules: true },
    })
    const rules = new Map(policies.map((policy) => [policy.id, policy.rules]))
    for (const id of ids) this.#effects.set(id, effectOf(rules.get(id) ?? []))
  }

  #limited(port: PortSpec): PortSpec {
    const { limits, dscp } = this.#effects.get(policyOf(port) ?? '') ?? nothing
    return { ...port, limits: stricterLimits(port.qos?.flavor ?? null, limits), dscp }
  }
}
