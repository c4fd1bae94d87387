import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { TestCloud } from '@nephos/testbed'

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

const lines = (command: string, ...args: string[]): string[] =>
  execFileSync(command, args, { encoding: 'utf8' }).split('\n').filter(Boolean)

const namespaces = (): string[] => lines('ip', 'netns', 'list').map((line) => line.split(' ')[0]!)

/** Pids of the QEMU processes of one instance, found by its id on the command line; no trust in what the cloud says. */
export function machinesOf(instanceId: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return /^[^\0]*qemu-system/.test(command) && command.includes(instanceId)
      } catch {
        return false
      }
    })
    .map(Number)
}

/** What is known of an instance while it lives, to look for its traces afterwards. */
export interface Traces {
  id: string
  macs: string[]
  ips: string[]
  portIds: string[]
}

/** Everything on the host of the cloud that still reminds of an instance. Empty when it is gone. */
export function leftOnHost({ home, info }: TestCloud, { id, macs, ips, portIds }: Traces): string[] {
  const { hostName, simulated } = info()
  const host = join(home, 'hosts', hostName)
  const left = machinesOf(id).map((pid) => `QEMU process ${pid}`)
  if (existsSync(join(host, 'instances', id))) left.push(`directory instances/${id}`)
  for (const file of filesIn(join(host, 'network'))) {
    const text = readFileSync(file, 'utf8')
    for (const trace of [...macs, ...portIds, ...ips.map((ip) => `,${ip}`)])
      if (text.includes(trace)) left.push(`${trace} in ${file.slice(host.length + 1)}`)
  }
  const netns = `nph-${short(home)}-${hostName}`
  if (!simulated && namespaces().includes(netns))
    for (const link of lines('ip', '-n', netns, '-o', 'link', 'show'))
      if ([...portIds, ...macs].some((trace) => link.includes(trace))) left.push(`link ${link}`)
  if (!simulated && namespaces().includes(netns))
    for (const rule of lines('ip', 'netns', 'exec', netns, 'nft', 'list', 'ruleset'))
      if ([...macs, ...ips].some((trace) => rule.includes(trace))) left.push(`rule ${rule.trim()}`)
  return left
}

/** Bridges and DHCP namespaces on the host of the cloud: one each for every network that is in use there. */
export function networksOnHost({ home, info }: TestCloud): { bridges: string[]; namespaces: string[] } {
  const { hostName } = info()
  const netns = `nph-${short(home)}-${hostName}`
  const all = namespaces()
  const bridges = all.includes(netns)
    ? lines('ip', '-n', netns, '-o', 'link', 'show', 'type', 'bridge').map((line) => line.split(': ')[1]!)
    : []
  return { bridges, namespaces: all.filter((name) => name.startsWith(`nphd-${short(home + hostName)}-`)) }
}

function* filesIn(directory: string): Generator<string> {
  if (!existsSync(directory)) return
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) yield* filesIn(path)
    else if (entry.isFile()) yield path
  }
}

/** Every file in the image store of the cloud, half-written ones too. */
export const storedImages = ({ home }: TestCloud): string[] => [...filesIn(join(home, 'images'))]

/** Pids of what serves volumes of a cloud's hosts: tgtd, storage daemons. */
export function volumeServersOf({ home }: TestCloud): { name: string; pid: number }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
        const serves = name === 'tgtd' || name.startsWith('qemu-storage')
        return serves && readlinkSync(`/proc/${pid}/cwd`).startsWith(home) ? [{ name, pid: Number(pid) }] : []
      } catch {
        return []
      }
    })
}
