import { readdir, stat } from 'node:fs/promises'
import { netnsPath, runTool } from './host-tools.ts'

/** The named namespaces whose name begins with `prefix`. */
export async function namespacesWith(prefix: string): Promise<string[]> {
  const names = await readdir('/run/netns').catch(() => [])
  return names.filter((name) => name.startsWith(prefix))
}

/** Identity of a named namespace, as `/proc/<pid>/ns/net` shows it; null when it is not there. */
export async function namespaceInode(name: string): Promise<string | null> {
  const found = await stat(netnsPath(name)).catch(() => null)
  return found ? `net:[${found.ino}]` : null
}

const settings: Record<string, string> = {
  'net/ipv4/ip_forward': '0',
  'net/ipv6/conf/all/disable_ipv6': '1',
  'net/ipv6/conf/default/disable_ipv6': '1',
  'net/ipv6/conf/all/accept_ra': '0',
  'net/ipv4/conf/all/accept_redirects': '0',
  'net/ipv4/conf/all/send_redirects': '0',
}

/** Makes a namespace that forwards nothing and speaks no IPv6, when it is missing. @returns whether it was made */
export async function ensureNamespace(name: string): Promise<boolean> {
  if (await isNamespace(name)) return false
  // A file without a namespace behind it is what a crash of `ip` leaves.
  await runTool(['ip', 'netns', 'del', name]).catch(() => {})
  await runTool(['ip', 'netns', 'add', name])
  const writes = Object.entries(settings).map(
    ([key, value]) => `[ ! -e /proc/sys/${key} ] || echo ${value} >/proc/sys/${key}`,
  )
  await runTool(['sh', '-c', `set -e; ${writes.join('; ')}; ip link set lo up`], { netns: name })
  return true
}

/** Removes a namespace's name; it ends when its last process has. Nothing happens when it is not there. */
export async function removeNamespace(name: string): Promise<void> {
  if ((await namespaceInode(name)) === null) return
  await runTool(['ip', 'netns', 'del', name]).catch(async (error) => {
    if ((await namespaceInode(name)) !== null) throw error
  })
}

/** Two files of one directory are on one device unless something is mounted on one: a namespace is. */
async function isNamespace(name: string): Promise<boolean> {
  const [file, directory] = await Promise.all([
    stat(netnsPath(name)).catch(() => null),
    stat('/run/netns').catch(() => null),
  ])
  return file !== null && file.dev !== directory?.dev
}
