import { runTool } from '../host-tools.ts'

/** How a device speaks IPv6. */
export interface DeviceSettings {
  /** It has no address but those that it is given; otherwise also one that is link-local. */
  silent?: boolean
}

/**
 * Lets a device of a namespace speak IPv6. It believes nobody's advertisements and asks nobody whether its addresses
 * are free: they are ours. Doing it again changes nothing.
 * @throws NephosError driver_failed when the kernel has no IPv6
 */
export async function enableIpv6(
  netns: string,
  devices: readonly string[],
  { silent = false }: DeviceSettings = {},
): Promise<void> {
  if (devices.length === 0) return
  const writes = devices.flatMap((device) => {
    const at = `/proc/sys/net/ipv6/conf/${device}`
    return [
      `echo 0 >${at}/accept_ra`,
      `echo 0 >${at}/accept_dad`,
      `echo 0 >${at}/accept_redirects`,
      ...(silent ? [`echo 1 >${at}/addr_gen_mode`] : []),
      `echo 0 >${at}/disable_ipv6`,
    ]
  })
  await runTool(['sh', '-c', `set -e; ${writes.join('; ')}`], { netns })
}
