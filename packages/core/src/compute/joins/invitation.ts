import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { NephosError } from '../../kernel/errors.ts'

/** What a host needs to be part of a cloud. All of it is secret. */
export const membership = z.object({
  hostName: z.string(),
  zone: z.string(),
  natsUrl: z.string(),
  databaseUrl: z.string(),
  /** The HTTP API of the cloud, where the files of images are. */
  controlUrl: z.url(),
  hostSecret: z.string(),
  underlayPort: z.number(),
  dhcpDomain: z.string(),
  dnsForwarders: z.array(z.string()).default([]),
  serviceDownTime: z.number(),
})
export type Membership = z.infer<typeof membership>

const form = /^nephos-join-([A-Za-z0-9_-]+)$/
const inside = z.object({ url: z.url(), secret: z.string().min(32) })
const stored = z.object({ expiresAt: z.string(), iv: z.string(), tag: z.string(), sealed: z.string() })

/** What is sent over the network: enough to be sealed, useless without the token. */
export type SealedMembership = Pick<z.infer<typeof stored>, 'iv' | 'tag' | 'sealed'>
export const sealedMembership = stored.omit({ expiresAt: true })

const directoryOf = (home: string): string => join(home, 'invitations')
const idOf = (secret: string): string => createHash('sha256').update(`id:${secret}`).digest('hex')
const keyOf = (secret: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', 'nephos membership', 32))

/**
 * Writes an invitation that one host can accept once, until it expires. The file is sealed: only the token opens it.
 * @param controlUrl where the host finds the API
 * @returns the token
 */
export function invite(home: string, member: Membership, expiresAt: Date): string {
  const directory = directoryOf(home)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  removeExpired(directory)
  const secret = randomBytes(32).toString('base64url')
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), iv)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(member)), cipher.final()])
  const text = {
    expiresAt: expiresAt.toISOString(),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    sealed: sealed.toString('base64'),
  }
  writeFileSync(join(directory, idOf(secret)), JSON.stringify(text), { mode: 0o600 })
  const token = JSON.stringify({ url: member.controlUrl, secret })
  return `nephos-join-${Buffer.from(token).toString('base64url')}`
}

/** What a token says: whom to ask, and for what. @throws NephosError invalid_input when it is none */
export function readToken(token: string): { url: string; id: string; secret: string } {
  const [, text] = form.exec(token.trim()) ?? []
  try {
    const { url, secret } = inside.parse(JSON.parse(Buffer.from(text ?? '', 'base64url').toString()))
    return { url, secret, id: idOf(secret) }
  } catch {
    throw new NephosError('invalid_input', 'This is no join token.', {
      field: 'token',
      remedy: 'Make one on the machine of the cloud: `./nephos host token`.',
    })
  }
}

/**
 * Hands an invitation out, once. The file's new name decides between two who come at the same time.
 * @throws NephosError not_found for one that was used, has expired or never was
 */
export function redeem(home: string, id: string, now = new Date()): SealedMembership {
  const unknown = () =>
    new NephosError('not_found', 'This join token was used already, or has expired.', {
      remedy: 'Make another one on the machine of the cloud: `./nephos host token`.',
    })
  if (!/^[0-9a-f]{64}$/.test(id)) throw unknown()
  const file = join(directoryOf(home), id)
  const taken = `${file}.${randomBytes(6).toString('hex')}.taken`
  try {
    renameSync(file, taken)
  } catch {
    throw unknown()
  }
  const { expiresAt, ...sealed } = stored.parse(JSON.parse(readFileSync(taken, 'utf8')))
  rmSync(taken)
  if (new Date(expiresAt) <= now) throw unknown()
  return sealed
}

/** Opens what {@link redeem} handed out. @throws Error when the token does not belong to it */
export function unseal({ iv, tag, sealed }: SealedMembership, secret: string): Membership {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), Buffer.from(iv, 'base64'))
  decipher.setAuthTag(Buffer.from(tag, 'base64'))
  const text = Buffer.concat([decipher.update(Buffer.from(sealed, 'base64')), decipher.final()])
  return membership.parse(JSON.parse(text.toString()))
}

/** Longer than any invitation lasts. */
const longestMs = 8 * 24 * 3_600_000

function removeExpired(directory: string): void {
  for (const name of readdirSync(directory)) {
    const file = join(directory, name)
    if (Date.now() - statSync(file).mtimeMs > longestMs) rmSync(file, { force: true })
  }
}
