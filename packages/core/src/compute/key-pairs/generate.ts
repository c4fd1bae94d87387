import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { sshStrings } from './ssh-wire.ts'

const type = 'ssh-ed25519'
const blockSize = 8

/** A new Ed25519 key pair: the public key as one line, the private key as an unencrypted OpenSSH file. */
export function generateKeyPair(comment: string): { publicKey: string; privateKey: string } {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (!jwk.x || !jwk.d) throw new Error('node:crypto made an Ed25519 key without its numbers')
  const publicBytes = Buffer.from(jwk.x, 'base64url')
  const seed = Buffer.from(jwk.d, 'base64url')
  const publicBlob = sshStrings(type, publicBytes)

  const check = randomBytes(4)
  const secret = Buffer.concat([
    check,
    check,
    sshStrings(type, publicBytes, Buffer.concat([seed, publicBytes]), comment),
  ])
  const padding = Buffer.from(
    Array.from({ length: (blockSize - (secret.length % blockSize)) % blockSize }, (_, index) => index + 1),
  )
  const oneKey = Buffer.from([0, 0, 0, 1])
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshStrings('none', 'none', ''),
    oneKey,
    sshStrings(publicBlob, Buffer.concat([secret, padding])),
  ])
  const lines = file.toString('base64').match(/.{1,70}/g) ?? []
  return {
    publicKey: `${type} ${publicBlob.toString('base64')} ${comment}`,
    privateKey: [
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      ...lines,
      '-----END OPENSSH PRIVATE KEY-----',
      '',
    ].join('\n'),
  }
}
