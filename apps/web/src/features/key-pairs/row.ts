import type { RouterOutputs } from '#trpc/client.ts'

/** One key pair as lists hold it. */
export type KeyPairRow = RouterOutputs['compute']['keyPairs']['list']['items'][number]

/** The algorithm of a public key as people call it: "Ed25519". */
export function keyKind(publicKey: string): string {
  const [algorithm = ''] = publicKey.split(' ')
  const kinds: Record<string, string> = {
    'ssh-ed25519': 'Ed25519',
    'ssh-rsa': 'RSA',
    'ecdsa-sha2-nistp256': 'ECDSA 256',
    'ecdsa-sha2-nistp384': 'ECDSA 384',
    'ecdsa-sha2-nistp521': 'ECDSA 521',
    'sk-ssh-ed25519@openssh.com': 'Ed25519, security key',
    'sk-ecdsa-sha2-nistp256@openssh.com': 'ECDSA, security key',
  }
  return kinds[algorithm] ?? algorithm
}

/** What is visibly wrong with a pasted public key, while it is typed; null when the server shall judge. */
export function publicKeyProblem(text: string): string | null {
  const key = text.trim()
  if (key === '') return null
  if (/PRIVATE KEY/.test(key)) return 'This is a private key; keep it to yourself. Paste the .pub file.'
  if (/[\r\n]/.test(key)) return 'A public key is one line.'
  const [algorithm = '', base64 = ''] = key.split(/\s+/)
  if (!/^(ssh-|ecdsa-|sk-)/.test(algorithm)) return 'A public key begins with its type, such as ssh-ed25519.'
  if (!/^[A-Za-z0-9+/]+={0,3}$/.test(base64)) return 'After the type comes the key in base64.'
  return null
}

/** The comment at the end of a public key, for a name: `ssh-ed25519 AAAA… laptop` → `laptop`. */
export const keyComment = (publicKey: string): string =>
  publicKey
    .trim()
    .split(/\s+/)
    .slice(2)
    .join(' ')
    .replace(/[^A-Za-z0-9 _@.-]/g, '-')

/** A name for the file of a private key. */
export const keyFileName = (name: string): string => `${name.replace(/[^A-Za-z0-9_.-]+/g, '-')}.pem`
