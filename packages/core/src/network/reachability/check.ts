import { defineVerb } from '../../kernel/index.ts'
import type { Hop, ReachabilityAnswer } from './answer.ts'
import { follow, type Outcome } from './attempt.ts'
import { attempts, type End, findEnd } from './ends.ts'
import { reachabilityInput } from './input.ts'
import { packetWords } from './words.ts'
import { World } from './world.ts'

/**
 * Whether one end reaches another one, and what stops it: computed from addresses, subnets, routers, floating IPs and
 * security groups as they are stored. Nothing is sent.
 * @throws NephosError not_found for an end that the actor does not see
 */
export const checkReachability = defineVerb({
  name: 'network.reachability.check',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: reachabilityInput,
  run: async ({ ctx, input }): Promise<ReachabilityAnswer> => {
    const world = new World(ctx)
    const [from, to] = [
      await findEnd(ctx, world, input.from, 'from'),
      await findEnd(ctx, world, input.to, 'to'),
    ]
    const outcomes: Outcome[] = []
    for (const attempt of await attempts(world, from, to, input)) {
      const outcome = await follow(world, { from, to }, attempt, input.protocol)
      outcomes.push(outcome)
      if (outcome.verdict === 'reaches') break
    }
    const best = outcomes.find(({ verdict }) => verdict === 'reaches') ?? nearest(outcomes)
    if (!best) return noAttempt(from, to)
    const stop = best.hops.find(({ verdict }) => verdict === 'stops')
    return { ...best, summary: summaryOf(best, { from, to }, stop) }
  },
})

/** Of what failed, that which got furthest; of equals the first. */
const nearest = (outcomes: readonly Outcome[]): Outcome | undefined =>
  outcomes.find(({ verdict }) => verdict === 'leaves') ??
  [...outcomes].sort((a, b) => b.hops.length - a.hops.length)[0]

function summaryOf(
  { verdict, packet }: Outcome,
  ends: { from: End; to: End },
  stop: Hop | undefined,
): string {
  const { from, to } = ends
  const what =
    packet.protocol === 'icmp' ? 'with a ping' : `on ${packet.protocol.toUpperCase()} port ${packet.port}`
  const at = packet.destination === to.name ? '' : ` at ${packet.destination}`
  if (verdict === 'reaches') return `${from.name} reaches ${to.name} ${what}${at}.`
  if (verdict === 'leaves')
    return `${packetWords(packet)} from ${from.name} gets as far as can be seen from here.`
  return `${from.name} does not reach ${to.name} ${what}${at}. ${stop?.reason ?? ''}`.trim()
}

/** Nothing can even be tried. */
function noAttempt(from: End, to: End): ReachabilityAnswer {
  const outside = from.kind === 'outside'
  const reason = outside
    ? to.kind === 'address'
      ? `Nothing of this project has the address ${to.name} outside.`
      : `Nothing leads from outside to ${to.name}: it has no floating IP, and this port is not forwarded to it.`
    : `${from.name} and ${to.name} have no addresses of the same kind.`
  return {
    verdict: 'stopped',
    summary: `${from.name} does not reach ${to.name}. ${reason}`,
    packet: null,
    hops: [
      {
        way: 'there',
        verdict: 'stops',
        title: from.name,
        reason,
        remedy: outside
          ? 'Associate a floating IP with it, or forward a port of one.'
          : 'Attach both to networks with subnets of the same kind.',
        resource: null,
        missingRule: null,
      },
    ],
  }
}
