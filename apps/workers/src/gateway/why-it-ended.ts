import { setTimeout as sleep } from 'node:timers/promises'
import { consoleCloses } from '@nephos/core'
import type { ChannelEnd } from '@nephos/jobs'
import type { ComputeDriver } from '../compute/driver.ts'

const lookEveryMs = 100
const patienceMs = 2_000

/** Why a machine closed its console, once that can be seen: the socket closes before the process is gone. */
export async function whyItEnded(
  driver: Pick<ComputeDriver, 'status'>,
  instanceId: string,
): Promise<ChannelEnd> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(lookEveryMs)) {
    const state = await driver.status(instanceId).catch(() => null)
    if (state?.powerState === 6) return { code: consoleCloses.stopped, reason: 'The machine crashed.' }
    if (state?.powerState === 4) return { code: consoleCloses.stopped, reason: 'The instance was stopped.' }
  }
  return { code: consoleCloses.lost, reason: 'The machine was started anew.' }
}
