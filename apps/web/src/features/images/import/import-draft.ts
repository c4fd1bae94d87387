/** Where an image's file is to come from, as a form has it. */
export interface ImportDraft {
  uri: string
  /** Checksum of the file, as its publisher writes it; empty: not known. */
  hash: string
  /** Names of stores; empty: the default one. */
  stores: string[]
}

export const emptyImport: ImportDraft = { uri: '', hash: '', stores: [] }

const byLength = { 32: 'md5', 64: 'sha256', 128: 'sha512' } as const
type Algorithm = (typeof byLength)[keyof typeof byLength]

/** A checksum with what made it, which its length tells; null when it is none. Names of files behind it do not matter. */
export function readHash(text: string): { algorithm: Algorithm; value: string } | null {
  const [value = ''] = text.trim().toLowerCase().split(/\s+/)
  const algorithm = /^[0-9a-f]+$/.test(value) && byLength[value.length as keyof typeof byLength]
  return algorithm ? { algorithm, value } : null
}

/** What the form says in the server's words. */
export function importInput({ uri, hash, stores }: ImportDraft) {
  const known = readHash(hash)
  return { uri: uri.trim(), ...(known && { hash: known }), ...(stores.length > 0 && { stores }) }
}

/** What is wrong with a checksum, as a sentence; null when nothing is. */
export const hashProblem = (hash: string): string | null =>
  hash.trim() === '' || readHash(hash)
    ? null
    : 'A checksum is 32 (MD5), 64 (SHA-256) or 128 (SHA-512) hexadecimal digits.'

/** Why it cannot be submitted yet, as a sentence; null when it can. */
export const importProblem = ({ uri, hash }: ImportDraft): string | null =>
  uri.trim() === '' ? 'Give the address of the file.' : hashProblem(hash)

/** Name of the file that an address leads to; empty when it has none. */
export function fileOfAddress(uri: string): string {
  if (!URL.canParse(uri.trim())) return ''
  const last = new URL(uri.trim()).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
