import { NephosError } from '@nephos/core/errors'
import { runIp } from './host-tools.ts'
import { limitCommands } from './rate-limit.ts'
import { ensureFilterHooks, runTc } from './traffic-control.ts'

const remedy =
  'Load the kernel modules sch_htb, sch_ingress, cls_u32, act_mirred and ifb, for limits of ports.'

/**
 * Shapes a tap in both directions, to see whether the kernel can.
 * @param tap is there
 * @returns why it cannot and what would help; null: it can
 */
export async function tryRateLimits(
  netns: string,
  tap: string,
): Promise<{ reason: string; remedy: string } | null> {
  const rate = { bytesPerSecond: 1_000_000, burstBytes: null }
  const { ip, tc } = limitCommands(tap, { inbound: rate, outbound: rate })
  try {
    await runIp(netns, ip)
    await ensureFilterHooks(netns, tap)
    await runTc(netns, tc)
    return null
  } catch (error) {
    if (!(error instanceof NephosError)) throw error
    return { reason: `This machine cannot limit what ports send and receive: ${error.message}.`, remedy }
  }
}
