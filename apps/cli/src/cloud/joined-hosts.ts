import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { z } from 'zod'
import { writeAtomically } from '../supervisor/cloud-file.ts'

const joinedHost = z.object({
  name: z.string(),
  /** Makes its passwords other ones than those of a former host of the same name. */
  salt: z.string(),
  invitedAt: z.string(),
})

/** A host on another machine that was invited into this cloud. */
export type JoinedHost = z.infer<typeof joinedHost>

/** Where the invited hosts are kept. */
export const joinedHostsFile = (config: NephosConfig): string => join(config.home, 'joined-hosts.json')

/** The hosts on other machines, by name. */
export function joinedHosts(config: NephosConfig): JoinedHost[] {
  const file = joinedHostsFile(config)
  return existsSync(file) ? z.array(joinedHost).parse(JSON.parse(readFileSync(file, 'utf8'))) : []
}

/** Adds a host, with new passwords when one of this name was there. */
export function addJoinedHost(config: NephosConfig, name: string): void {
  const others = joinedHosts(config).filter((host) => host.name !== name)
  const host = { name, salt: randomBytes(16).toString('base64url'), invitedAt: new Date().toISOString() }
  write(config, [...others, host])
}

/** Forgets a host: its passwords are no good any more. @returns whether it was there */
export function dropJoinedHost(config: NephosConfig, name: string): boolean {
  const hosts = joinedHosts(config)
  const left = hosts.filter((host) => host.name !== name)
  if (left.length < hosts.length) write(config, left)
  return left.length < hosts.length
}

const write = (config: NephosConfig, hosts: JoinedHost[]): void =>
  writeAtomically(
    joinedHostsFile(config),
    `${JSON.stringify(
      hosts.sort((a, b) => a.name.localeCompare(b.name)),
      null,
      2,
    )}\n`,
  )
