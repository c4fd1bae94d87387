import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const joinedHost = z.object({
  name: z.string(),
  /** Makes its passwords other ones than those of a former host of the same name. */
  salt: z.string(),
  /** SHA-256 of the secret with which it asks for the files of images. */
  secretHash: z.string(),
  invitedAt: z.string(),
})

/** A host on another machine that was invited into this cloud. */
export type JoinedHost = z.infer<typeof joinedHost>

const fileOf = (home: string): string => join(home, 'joined-hosts.json')
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const random = (): string => randomBytes(24).toString('base64url')

/** The hosts on other machines that belong to the cloud with this state directory, by name. */
export function joinedHosts(home: string): JoinedHost[] {
  let text: string
  try {
    text = readFileSync(/* turbopackIgnore: true */ fileOf(home), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return z.array(joinedHost).parse(JSON.parse(text))
}

/** Adds a host; one of the same name that was there loses its passwords. @returns its secret for files */
export function addJoinedHost(home: string, name: string): string {
  const secret = random()
  const host = { name, salt: random(), secretHash: hashOf(secret), invitedAt: new Date().toISOString() }
  write(home, [...joinedHosts(home).filter((other) => other.name !== name), host])
  return secret
}

/** Forgets a host: its passwords are no good any more. @returns whether it was there */
export function dropJoinedHost(home: string, name: string): boolean {
  const hosts = joinedHosts(home)
  const left = hosts.filter((host) => host.name !== name)
  if (left.length < hosts.length) write(home, left)
  return left.length < hosts.length
}

/** True when this is the secret of the host of that name. */
export function knowsHost(home: string, name: string, secret: string): boolean {
  const host = joinedHosts(home).find((one) => one.name === name)
  return host !== undefined && timingSafeEqual(Buffer.from(host.secretHash), Buffer.from(hashOf(secret)))
}

function write(home: string, hosts: JoinedHost[]): void {
  const file = fileOf(home)
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.draft`
  const sorted = hosts.sort((a, b) => a.name.localeCompare(b.name))
  writeFileSync(draft, `${JSON.stringify(sorted, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
}
