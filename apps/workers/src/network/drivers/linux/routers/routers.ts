import { rm } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { formatCidr, parseCidr } from '@nephos/core/addresses'
import { versionOf } from '@nephos/core/ip'
import { KeyedLock } from '../../../../compute/drivers/keyed-lock.ts'
import type { RouterSpec } from '../../../driver.ts'
import { runIp, runNft } from '../host-tools.ts'
import { type Link, readLinks, removeLinks } from '../links.ts'
import { ensureNamespace, namespaceInode, namespacesWith, removeNamespace } from '../namespaces.ts'
import { RouterAdvertisers } from './advertisers.ts'
import { cutFlows, type FlowState, lostFlows } from './flows.ts'
import { applySettings6, endsWith6, routerTableText6 } from './ipv6.ts'
import {
  addressCommands,
  announceCommand,
  endsOf,
  type InnerLink,
  innerCommands,
  outerCommands,
  type RouterEnd,
  readInner,
} from './links.ts'
import { isOuter } from './names.ts'
import { readRoutes, routeCommands, routesOf } from './routes.ts'
import { applySettings } from './settings.ts'
import { gatewayAddress, routerTableText, translationChange, translationsOf } from './table.ts'
import { readTranslations } from './translations.ts'

/** Routers that a reconciliation looks at together: most of the time it waits for tools. */
const sideBySide = 8

/** Where the routers of a host are. */
export interface RoutersOptions {
  /** Namespace of the host, with the bridges. */
  netns: string
  /** Names of the namespaces of routers; the router's id follows. */
  prefix: string
  /** Directory of their files. */
  routersDirectory: string
  log: { warn: (facts: object, message: string) => void }
}

/**
 * The routers of a host: a namespace each, joined to the bridges of its networks by a pair of interfaces for every port.
 * What was applied is remembered, so that a change costs what has changed; whenever that fails, the kernel is asked.
 */
export class Routers {
  readonly #options: RoutersOptions
  readonly #lock = new KeyedLock()
  readonly #applied = new Map<string, RouterSpec>()
  readonly #advertisers: RouterAdvertisers

  constructor(options: RoutersOptions) {
    this.#options = options
    this.#advertisers = new RouterAdvertisers(options.routersDirectory)
  }

  /** Makes a router what it is to be. Nothing is done when it was applied like this before. */
  ensure(spec: RouterSpec): Promise<void> {
    return this.#lock.run(spec.routerId, async () => {
      const before = this.#applied.get(spec.routerId)
      if (isDeepStrictEqual(before, spec)) return
      if (before && isDeepStrictEqual(portsOf(before), portsOf(spec)))
        try {
          await this.#change(before, spec)
          return
        } catch (err) {
          const { routerId } = spec
          this.#options.log.warn({ err, routerId }, 'a router is not as it was left; it is repaired')
        }
      await this.#repair(spec, await readLinks(this.#options.netns))
    })
  }

  remove(routerId: string): Promise<void> {
    return this.#lock.run(routerId, async () => {
      const before = this.#applied.get(routerId)
      this.#applied.delete(routerId)
      await this.#advertisers.stop(routerId)
      await removeNamespace(this.#netns(routerId))
      // The outer ends go with the namespace, a moment later: the next router may want their place at once.
      const { netns } = this.#options
      if (!before || (await namespaceInode(netns)) === null) return
      const outer = new Set(endsOf(before).map((end) => end.outer))
      const left = (await readLinks(netns)).filter(({ name }) => outer.has(name))
      await removeLinks(
        netns,
        left.map(({ name }) => name),
      )
    })
  }

  /** Removes what belongs to none of these routers: first of all, because another host may do their work by now. */
  async removeOthers(wanted: readonly Pick<RouterSpec, 'routerId'>[]): Promise<void> {
    const ids = new Set(wanted.map(({ routerId }) => routerId))
    for (const routerId of await this.list()) if (!ids.has(routerId)) await this.remove(routerId)
    await this.#advertisers.keepOnly(ids)
  }

  /**
   * Makes these routers what they are to be, whatever was done to them by hand, and removes all others' ports. One that
   * fails does not keep the others from it. The networks must be there.
   * @returns what went wrong
   */
  async reconcile(wanted: readonly RouterSpec[]): Promise<unknown[]> {
    const { netns } = this.#options
    const links = await readLinks(netns)
    const names = new Set(wanted.flatMap((spec) => endsOf(spec).map(({ outer }) => outer)))
    const stray = links.filter(({ name }) => isOuter(name) && !names.has(name)).map(({ name }) => name)
    await removeLinks(netns, stray)
    const problems: unknown[] = []
    const waiting = [...wanted]
    const work = async () => {
      for (let spec = waiting.shift(); spec; spec = waiting.shift()) {
        const next = spec
        await this.#lock
          .run(next.routerId, () => this.#repair(next, links))
          .catch((error) => problems.push(error))
      }
    }
    await Promise.all(Array.from({ length: sideBySide }, work))
    return problems
  }

  /** The routers whose namespaces are there. */
  async list(): Promise<string[]> {
    const { prefix } = this.#options
    return (await namespacesWith(prefix)).map((name) => name.slice(prefix.length)).sort()
  }

  /** Removes everything. */
  async destroy(): Promise<void> {
    for (const routerId of await this.list()) await this.remove(routerId)
    await this.#advertisers.keepOnly(new Set())
    await rm(this.#options.routersDirectory, { recursive: true, force: true })
  }

  /** Starts again what has died. */
  async revive(): Promise<void> {
    const { log } = this.#options
    for (const routerId of this.#advertisers.routers)
      await this.#lock
        .run(routerId, () => this.#advertisers.revive(routerId))
        .then((revived) => revived && log.warn({ routerId }, 'what announces a router had died'))
        .catch((err) => log.warn({ err, routerId }, 'what announces a router could not be started'))
  }

  #netns(routerId: string): string {
    return `${this.#options.prefix}${routerId}`
  }

  /** What differs only in routes, floating IPs and forwardings, without a look at the kernel. */
  async #change(before: RouterSpec, spec: RouterSpec): Promise<void> {
    const netns = this.#netns(spec.routerId)
    // Until all of it is done nobody knows what the kernel has.
    this.#applied.delete(spec.routerId)
    const [old, gateway] = [before, spec].map((one) =>
      endsOf(one).find(({ inner }) => inner.startsWith('gw')),
    )
    const addresses = old && gateway ? addressCommands(gateway.inner, old.addresses, gateway.addresses) : []
    const rules = translationChange(translationsOf(before), translationsOf(spec))
    const came = addresses.some((one) => one.startsWith('addr add'))
    const commands = [
      ...addresses,
      ...(came ? [announceCommand(gateway!)] : []),
      ...routeCommands(routesOf(before), routesOf(spec)),
    ]
    // Nothing may arrive for an address whose translation is still to come.
    if (rules !== '') await runNft(netns, rules)
    await runIp(netns, commands)
    await cutFlows(netns, lostFlows(flowsOf(before), flowsOf(spec)))
    this.#applied.set(spec.routerId, spec)
  }

  /** Whatever is there, by asking the kernel. @param links what the host's namespace has now */
  async #repair(spec: RouterSpec, links: readonly Link[]): Promise<void> {
    const netns = this.#netns(spec.routerId)
    const known = this.#applied.get(spec.routerId)
    this.#applied.delete(spec.routerId)
    const made = await ensureNamespace(netns)
    await applySettings(netns)
    const ends = endsOf(spec)
    const [found, translations] = made
      ? [[], { floating: new Map(), forwardings: new Map() }]
      : await Promise.all([readInner(netns), readTranslations(netns)])
    const kept = await this.#ensurePairs(ends, netns, found, links)
    await applySettings6(netns, ends)
    // Addresses last of all: nobody is invited before the rules are there.
    await runNft(netns, routerTableText(spec) + (endsWith6(ends).length > 0 ? routerTableText6 : ''))
    const commands = ends.flatMap((end) => innerCommands(end, kept.get(end.inner)))
    const present = made ? new Map<string, string>() : await readRoutes(netns)
    await runIp(netns, commands)
    await runIp(netns, routeCommands(keptRoutes(present, commands), routesOf(spec)))
    await this.#advertisers.ensure(spec, netns)
    const news = ends.filter(({ inner, addresses }) =>
      addresses.some((one) => !kept.get(inner)?.addresses.includes(one)),
    )
    await runIp(netns, news.filter(({ up }) => up).map(announceCommand))
    if (!made) {
      const before = known ? flowsOf(known) : { ...foundFlows(found), ...translations }
      await cutFlows(netns, lostFlows(before, flowsOf(spec)))
    }
    this.#applied.set(spec.routerId, spec)
  }

  /** @returns the inner ends that were there and stay, by name */
  async #ensurePairs(
    ends: readonly RouterEnd[],
    netns: string,
    found: readonly InnerLink[],
    links: readonly Link[],
  ): Promise<Map<string, InnerLink>> {
    const host = this.#options.netns
    const inside = new Map(found.map((link) => [link.name, link]))
    const outside = new Map(links.map((link) => [link.name, link]))
    const wanted = new Set(ends.map(({ inner }) => inner))
    const unwanted = found.filter(({ name }) => !wanted.has(name)).map(({ name }) => name)
    await removeLinks(netns, unwanted)
    const broken = ends.filter(({ inner, outer }) => inside.has(inner) !== outside.has(outer))
    await removeLinks(
      host,
      broken.filter(({ outer }) => outside.has(outer)).map(({ outer }) => outer),
    )
    await removeLinks(
      netns,
      broken.filter(({ inner }) => inside.has(inner)).map(({ inner }) => inner),
    )
    for (const { inner, outer } of broken) {
      inside.delete(inner)
      outside.delete(outer)
    }
    await runIp(
      host,
      ends.flatMap((end) => outerCommands(end, netns, outside.get(end.outer))),
    )
    return inside
  }
}

/** Changing an address or switching an interface takes routes along: then none of them counts as there. */
const keptRoutes = (present: ReadonlyMap<string, string>, commands: readonly string[]) =>
  commands.some((one) => !one.startsWith('addr add')) ? new Map<string, string>() : present

/** What needs more than addresses, translations and routes when it differs. */
const portsOf = ({ interfaces, gateway }: RouterSpec) => ({ interfaces, gateway })

/** Ranges of IPv4: what passes of IPv6 is not remembered by a router. */
const rangesOf = (addresses: readonly string[]): string[] =>
  addresses.filter((one) => versionOf(one) === 4).map((one) => formatCidr(parseCidr(one)!))

const flowsOf = (spec: RouterSpec): FlowState => ({
  ...translationsOf(spec),
  snat: spec.gateway?.snat ? gatewayAddress(spec) : null,
  ranges: new Set(spec.interfaces.flatMap(({ addresses }) => rangesOf(addresses))),
})

/** What can be told by the interfaces alone. */
const foundFlows = (found: readonly InnerLink[]): Pick<FlowState, 'snat' | 'ranges'> => {
  const gateway = found.find(({ name }) => name.startsWith('gw'))
  return {
    snat:
      gateway?.addresses.find((one) => versionOf(one) === 4 && !one.endsWith('/32'))?.split('/')[0] ?? null,
    ranges: new Set(found.filter((one) => one !== gateway).flatMap(({ addresses }) => rangesOf(addresses))),
  }
}
