import { createHash } from 'node:crypto'
import { invalid } from '../../kernel/index.ts'
import { readSshStrings } from './ssh-wire.ts'

/** A public key that was understood. */
export interface ParsedPublicKey {
  algorithm: string
  /** The key as one line: algorithm, base64 and the comment, if any. */
  line: string
  /** MD5 of the key's bytes, in hex pairs with colons, as Nova shows it. */
  fingerprint: string
}

/** What guests of today still accept. */
const minRsaBits = 2_048

const point = (bytes: number) => (part: Buffer) => part.length === bytes && part[0] === 4
const exactly = (text: string) => (part: Buffer) => part.toString() === text
const ed25519Point = (part: Buffer) => part.length === 32
const application = (part: Buffer) => part.length > 0
const bits = (mpint: Buffer) => {
  const first = mpint.findIndex((byte) => byte !== 0)
  return first < 0 ? 0 : (mpint.length - first) * 8 - Math.clz32(mpint[first]!) + 24
}

/** What each algorithm's blob holds after its name. */
const layouts: Record<string, ((part: Buffer) => boolean)[]> = {
  'ssh-rsa': [(exponent) => bits(exponent) >= 2, (modulus) => bits(modulus) <= 16_384],
  'ssh-ed25519': [ed25519Point],
  'ecdsa-sha2-nistp256': [exactly('nistp256'), point(65)],
  'ecdsa-sha2-nistp384': [exactly('nistp384'), point(97)],
  'ecdsa-sha2-nistp521': [exactly('nistp521'), point(133)],
  'sk-ssh-ed25519@openssh.com': [ed25519Point, application],
  'sk-ecdsa-sha2-nistp256@openssh.com': [exactly('nistp256'), point(65), application],
}

const remedy = 'Paste the one line of a .pub file, such as ~/.ssh/id_ed25519.pub.'

/** Understands one OpenSSH public key. @throws NephosError invalid_input with field publicKey */
export function parsePublicKey(text: string): ParsedPublicKey {
  const line = text.trim()
  if (/PRIVATE KEY/.test(line))
    throw invalid('publicKey', 'This is a private key; keep it to yourself.', remedy)
  if (/[\r\n]/.test(line)) throw invalid('publicKey', 'A public key is one line.', remedy)
  const [algorithm = '', base64 = '', ...comment] = line.split(/[ \t]+/)
  const layout = Object.hasOwn(layouts, algorithm) ? layouts[algorithm] : undefined
  if (!layout)
    throw invalid(
      'publicKey',
      `The key type ${JSON.stringify(algorithm.slice(0, 40))} is not supported.`,
      `Use one of ${Object.keys(layouts).join(', ')}.`,
    )
  const blob = Buffer.from(base64, 'base64')
  if (base64 === '' || blob.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, ''))
    throw invalid('publicKey', 'The second word of the key is not valid base64.', remedy)
  const parts = readSshStrings(blob)
  const fits =
    parts?.[0]?.toString() === algorithm &&
    parts.length === layout.length + 1 &&
    layout.every((check, index) => check(parts[index + 1]!))
  if (!fits)
    throw invalid('publicKey', `The key is damaged: its bytes are not a key of type ${algorithm}.`, remedy)
  if (algorithm === 'ssh-rsa' && bits(parts[2]!) < minRsaBits)
    throw invalid(
      'publicKey',
      `The RSA key has ${bits(parts[2]!)} bits; it must have at least ${minRsaBits}.`,
      'Make an Ed25519 key: ssh-keygen -t ed25519.',
    )
  return {
    algorithm,
    line: [algorithm, base64, comment.join(' ')].filter(Boolean).join(' '),
    fingerprint: createHash('md5').update(blob).digest('hex').match(/../g)!.join(':'),
  }
}

/** The fingerprint that OpenSSH shows of a stored public key: `SHA256:` and base64 without padding. */
export const sha256Fingerprint = (line: string): string => {
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}
