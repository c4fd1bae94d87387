import { tapName } from '@nephos/core'
import type { PortSpec } from '../../driver.ts'
import { DscpMarks } from './dscp.ts'
import { RateLimits } from './rate-limit.ts'

/** What the ports of a host may carry, and how it is marked. */
export class PortQos {
  readonly #rates: RateLimits
  readonly #marks: DscpMarks

  constructor(netns: string) {
    this.#rates = new RateLimits(netns)
    this.#marks = new DscpMarks(netns)
  }

  /** Applies it to a port whose tap is there. @throws NephosError driver_failed where the kernel cannot shape */
  async apply({ portId, limits, dscp }: PortSpec): Promise<void> {
    const tap = tapName(portId)
    await Promise.all([this.#rates.apply(tap, limits ?? null), this.#marks.apply(tap, dscp ?? null)])
  }

  /** Forgets a tap that was removed. */
  async remove(tap: string): Promise<void> {
    await Promise.all([this.#rates.remove(tap), this.#marks.apply(tap, null)])
  }

  /** Makes these the ports of the host, whatever was done by hand. */
  async reconcile(ports: readonly PortSpec[]): Promise<void> {
    const limited = ports.filter(({ limits }) => limits)
    await this.#rates.reconcile(new Map(limited.map((port) => [tapName(port.portId), port.limits!])))
    const marked = ports.filter((port) => port.dscp != null)
    await this.#marks.reconcile(new Map(marked.map((port) => [tapName(port.portId), port.dscp!])))
  }
}
