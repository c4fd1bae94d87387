import type { RateLimit, VifLimits } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { runIp, runTool } from './host-tools.ts'
import { readLinks, removeLinks } from './links.ts'
import { isShaper, shapedTap, shaperName } from './shaper-name.ts'
import { ensureFilterHooks, runTc } from './traffic-control.ts'

const smallestBurst = 16_384

/** Lines of `tc` that let at most `limit` leave a device. */
function shape(device: string, { bytesPerSecond, burstBytes }: RateLimit): string[] {
  // A burst of a fiftieth of a second keeps a link busy between two looks of the scheduler.
  const burst = Math.max(smallestBurst, burstBytes ?? Math.ceil(bytesPerSecond / 50))
  return [
    `qdisc add dev ${device} root handle 1: htb default 1`,
    `class add dev ${device} parent 1: classid 1:1 htb rate ${bytesPerSecond}bps burst ${burst}b cburst ${burst}b quantum 3028`,
  ]
}

/**
 * What limits a tap, as lines of `ip` and of `tc`. To the guest, the tap itself is shaped; what comes from the guest is
 * led through a device of its own first, for only what leaves a device can be delayed. Where something comes from the
 * guest to be limited, the tap must have its filter hooks.
 */
export function limitCommands(tap: string, { inbound, outbound }: VifLimits): { ip: string[]; tc: string[] } {
  const shaper = shaperName(tap)
  return {
    ip: outbound ? [`link add name ${shaper} type ifb`, `link set dev ${shaper} up`] : [],
    tc: [
      ...(inbound ? shape(tap, inbound) : []),
      ...(outbound
        ? [
            ...shape(shaper, outbound),
            `filter add dev ${tap} ingress protocol all prio 1 u32 match u32 0 0 action mirred egress redirect dev ${shaper}`,
          ]
        : []),
    ],
  }
}

const qdiscs = z.array(z.object({ kind: z.string(), dev: z.string().optional() }))

/** What the interfaces of a host may carry, kept in step with the kernel. */
export class RateLimits {
  readonly #netns: string
  readonly #lock = new KeyedLock()
  /** What was applied to each tap, as text. */
  readonly #applied = new Map<string, string>()

  constructor(netns: string) {
    this.#netns = netns
  }

  /**
   * Makes these the limits of a tap that is there. Costs nothing when they are.
   * @throws NephosError driver_failed, saying that the kernel cannot shape
   */
  apply(tap: string, limits: VifLimits | null): Promise<void> {
    return this.#lock.run(tap, async () => {
      const wanted = limits ? JSON.stringify(limits) : undefined
      if (this.#applied.get(tap) === wanted) return
      await this.#clear(tap)
      if (!limits) return
      const { ip, tc } = limitCommands(tap, limits)
      try {
        await runIp(this.#netns, ip)
        if (limits.outbound) await ensureFilterHooks(this.#netns, tap)
        await runTc(this.#netns, tc)
      } catch (cause) {
        await this.#clear(tap)
        throw new NephosError(
          'driver_failed',
          `The rate of an interface cannot be limited here: ${(cause as Error).message}`,
          { remedy: 'The kernel needs sch_htb, sch_ingress, cls_u32, act_mirred and ifb.', cause },
        )
      }
      this.#applied.set(tap, wanted!)
    })
  }

  /** Forgets a tap that was removed, with its shaper. */
  remove(tap: string): Promise<void> {
    return this.#lock.run(tap, async () => {
      if (!this.#applied.delete(tap)) return
      await removeLinks(this.#netns, [shaperName(tap)])
    })
  }

  /** Makes these the limits of the host, whatever was done to them by hand. Taps that are not named have none. */
  async reconcile(wanted: ReadonlyMap<string, VifLimits>): Promise<void> {
    const text = await runTool(['tc', '-n', this.#netns, '-j', 'qdisc', 'show'])
    const found = qdiscs.parse(text.trim() === '' ? [] : JSON.parse(text))
    const has = (device: string, kind: string) =>
      found.some((qdisc) => qdisc.dev === device && qdisc.kind === kind)
    const limited = found.flatMap(({ dev = '', kind }) => {
      if (kind === 'htb' && isShaper(dev)) return [shapedTap(dev)]
      return dev.startsWith('tap') && (kind === 'htb' || kind === 'ingress') ? [dev] : []
    })
    for (const tap of new Set([...limited, ...this.#applied.keys()])) {
      const limits = wanted.get(tap)
      const whole =
        (!limits?.inbound || has(tap, 'htb')) &&
        (!limits?.outbound || (has(tap, 'clsact') && has(shaperName(tap), 'htb')))
      if (limits && whole) continue
      await this.#lock.run(tap, () => this.#clear(tap))
    }
    for (const [tap, limits] of wanted) await this.apply(tap, limits)
  }

  async #clear(tap: string): Promise<void> {
    this.#applied.delete(tap)
    // There may be none, or no tap. The filter hooks stay: they may serve others, and do nothing by themselves; an
    // `ingress` in their place is what older versions made.
    for (const line of ['qdisc del dev $ root', 'filter del dev $ ingress', 'qdisc del dev $ ingress'])
      await runTc(this.#netns, [line.replace('$', tap)]).catch(() => {})
    const links = await readLinks(this.#netns)
    if (links.some(({ name }) => name === shaperName(tap))) await removeLinks(this.#netns, [shaperName(tap)])
  }
}
