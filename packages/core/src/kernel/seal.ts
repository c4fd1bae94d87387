import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { NephosError } from './errors.ts'

type SealConfig = Pick<NephosConfig, 'home' | 'sealKey'>

/** Encrypts secrets for the database, and reads them again. */
export interface Seal {
  /** @param purpose what the secret is of (`volume <id>`): it opens only for the same one */
  close: (secret: string, purpose: string) => string
  /** @throws NephosError driver_failed when it was sealed with another key, for another purpose, or was changed */
  open: (sealed: string, purpose: string) => string
}

const version = 'v1'
const keyBytes = 32
const known = new Map<string, Seal>()

/**
 * The seal of this machine: AES-256-GCM with the configured key, or with one that is made once and kept in
 * `<home>/secrets/seal-key`, which only its owner can read.
 */
export function sealOf(config: SealConfig): Seal {
  const name = `${config.home} ${config.sealKey ?? ''}`
  const found = known.get(name)
  if (found) return found
  const seal = makeSeal(config.sealKey ? Buffer.from(config.sealKey, 'base64') : keptKey(config.home))
  known.set(name, seal)
  return seal
}

function makeSeal(key: Buffer): Seal {
  const keyId = createHash('sha256').update('nephos seal').update(key).digest('hex').slice(0, 8)
  return {
    close: (secret, purpose) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      const parts = [nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))
      return [version, keyId, ...parts].join('.')
    },
    open: (sealed, purpose) => {
      const [format, id, nonce = '', tag = '', text = ''] = sealed.split('.')
      if (format !== version || id !== keyId) throw unreadable('A secret was sealed with another key.')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'))
          .setAAD(Buffer.from(purpose))
          .setAuthTag(Buffer.from(tag, 'base64url'))
        return decipher.update(Buffer.from(text, 'base64url'), undefined, 'utf8') + decipher.final('utf8')
      } catch (error) {
        throw unreadable('A secret cannot be read: it was changed, or belongs to something else.', error)
      }
    },
  }
}

const unreadable = (message: string, cause?: unknown) =>
  new NephosError('driver_failed', message, {
    remedy: 'Restore the file secrets/seal-key of the state directory, or set seal_key to the former key.',
    cause,
  })

/** Several processes may look at once: the first to link its file wins, and all use that. */
function keptKey(home: string): Buffer {
  const directory = join(home, 'secrets')
  const file = join(directory, 'seal-key')
  const read = () => {
    try {
      const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
      if (key.length === keyBytes) return key
      throw unreadable(`The file ${file} does not hold a key of ${keyBytes} bytes.`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }
  const present = read()
  if (present) return present
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const fresh = join(directory, `seal-key.${process.pid}.${randomBytes(4).toString('hex')}`)
  writeFileSync(fresh, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(fresh, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh, { force: true })
  }
  const key = read()
  if (!key) throw unreadable(`The file ${file} cannot be made.`)
  return key
}
