import { runTool } from './host-tools.ts'

/** Runs commands of `tc` in a namespace, all in one process. Nothing happens for an empty list. */
export async function runTc(netns: string, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await runTool(['tc', '-n', netns, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

/**
 * Gives a device the two places where filters see what comes from it and what goes to it. They stay until the device
 * goes. @throws NephosError driver_failed when the kernel has none
 */
export async function ensureFilterHooks(netns: string, device: string): Promise<void> {
  try {
    await runTc(netns, [`qdisc add dev ${device} clsact`])
  } catch (error) {
    // It fails, too, when they are there.
    const present = await runTool(['tc', '-n', netns, 'qdisc', 'show', 'dev', device]).catch(() => '')
    if (!/^qdisc clsact /m.test(present)) throw error
  }
}
