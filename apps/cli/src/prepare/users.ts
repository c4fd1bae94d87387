import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isRoot } from '../installation.ts'
import { attempt, capture } from './run.ts'

/** An account of this machine. */
export interface Account {
  name: string
  uid: number
  gid: number
}

/** Looks an account up. */
export async function findUser(name: string): Promise<Account | undefined> {
  const line =
    process.platform === 'linux'
      ? readFileSync('/etc/passwd', 'utf8')
          .split('\n')
          .find((candidate) => candidate.startsWith(`${name}:`))
      : undefined
  if (line) {
    const [, , uid, gid] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  }
  const { code, stdout } = await attempt('id', ['-u', name])
  if (code !== 0) return undefined
  const group = await capture('id', ['-g', name])
  return { name, uid: Number(stdout), gid: Number(group.stdout) }
}

/** Finds a system account, or makes it. Needs root. @throws Failure with the tool's own words */
export async function ensureSystemUser(name: string): Promise<Account> {
  const found = await findUser(name)
  if (found) return found
  await capture('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ])
  const made = await findUser(name)
  if (!made) throw new Error(`The user ${name} was made but cannot be found.`)
  return made
}

/** True when the account may walk down to this directory (or, for ourselves, when we may). */
export function canEnter(directory: string, account?: Account): boolean {
  for (let path = directory; ; path = dirname(path)) {
    if (!account) {
      try {
        accessSync(path, constants.X_OK)
      } catch {
        return false
      }
    } else {
      const { mode, uid, gid } = statSync(path)
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
      if ((mode & bit) === 0) return false
    }
    if (dirname(path) === path) return true
  }
}

/** The account that the embedded PostgreSQL runs as: it refuses to be root. Undefined when we are not root. */
export const postgresAccount = (): Promise<Account> | undefined =>
  isRoot ? ensureSystemUser('nephos-postgres') : undefined
