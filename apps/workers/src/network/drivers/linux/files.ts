import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Replaces a file in one step when its text differs. @returns whether it did */
export async function writeIfChanged(path: string, text: string): Promise<boolean> {
  if ((await readText(path)) === text) return false
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  try {
    await writeFile(part, text, { mode: 0o644 })
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  return true
}

/** The text of a file; null when there is none. */
export const readText = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null)

/** True when every user of the machine can go down to this directory. */
export async function isReachableByAll(directory: string): Promise<boolean> {
  for (let at = directory; ; at = dirname(at)) {
    const { mode } = await stat(at)
    if ((mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** A user of the machine, by the first of the names that exists; null for none. */
export async function findSystemUser(
  names: readonly string[],
): Promise<{ name: string; uid: number; gid: number } | null> {
  const lines = (await readText('/etc/passwd'))?.split('\n').map((line) => line.split(':')) ?? []
  for (const name of names) {
    const [, , uid, gid] = lines.find((fields) => fields[0] === name) ?? []
    if (uid && gid) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return null
}
