/** Ids by the host that has them; what is on no host is left out. */
export function idsByHost(
  resources: readonly { id: string; hostName: string | null }[],
): Map<string, string[]> {
  const byHost = new Map<string, string[]>()
  for (const { id, hostName } of resources) {
    if (hostName === null) continue
    const held = byHost.get(hostName)
    if (held) held.push(id)
    else byHost.set(hostName, [id])
  }
  return byHost
}
