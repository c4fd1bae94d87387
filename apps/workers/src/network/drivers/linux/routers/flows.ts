import { NephosError } from '@nephos/core/errors'
import { runTool } from '../host-tools.ts'
import type { Translations } from './table.ts'

/** What a router translates and where it is: established connections depend on these. */
export interface FlowState extends Translations {
  /** Address that guests without a floating IP are seen under; null: none. */
  snat: string | null
  /** Ranges of the networks inside. */
  ranges: ReadonlySet<string>
}

/** Arguments of `conntrack -D`, one list for each kind of connection that has lost its ground. */
export function lostFlows(before: FlowState, after: FlowState): string[][] {
  const lost: string[][] = []
  for (const [address, fixedIp] of before.floating)
    if (after.floating.get(address) !== fixedIp) lost.push(['--orig-dst', address], ['--reply-dst', address])
  for (const [key, target] of before.forwardings)
    if (after.forwardings.get(key) !== target) {
      const [address, protocol, port] = key.split(' . ') as [string, string, string]
      lost.push(['-p', protocol, '--orig-dst', address, '--orig-port-dst', port])
    }
  if (before.snat && before.snat !== after.snat) lost.push(['--reply-dst', before.snat])
  for (const range of before.ranges)
    if (!after.ranges.has(range)) lost.push(['--orig-src', range], ['--orig-dst', range])
  return lost
}

/** Ends the connections in a router's namespace that these arguments name. None of them is fine. */
export async function cutFlows(netns: string, lost: readonly string[][]): Promise<void> {
  for (const filter of lost)
    await runTool(['conntrack', '-D', ...filter], { netns }).catch((error: unknown) => {
      // It takes finding nothing for a failure.
      if (!(error instanceof NephosError) || !error.message.includes('0 flow entries')) throw error
    })
}
