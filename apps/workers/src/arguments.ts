import { parseArgs } from 'node:util'

/** The roles a worker process can have. */
export const roleNames = ['scheduler', 'image', 'network', 'volume', 'compute'] as const
export type WorkerRole = (typeof roleNames)[number]

/** What the command line says. */
export interface WorkerArguments {
  /** In the order in which they are started. */
  roles: WorkerRole[]
  host?: string
}

const usage = `Usage: main --roles ${roleNames.join(',')} [--host name]`

/** Reads the command line. @throws Error with a sentence for people */
export function readArguments(args: readonly string[]): WorkerArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { roles: { type: 'string' }, host: { type: 'string' } },
  })
  const wanted = (values.roles ?? '').split(',').filter(Boolean)
  if (wanted.length === 0) throw new Error(`--roles is missing. ${usage}`)
  const unknown = wanted.find((role) => !roleNames.includes(role as WorkerRole))
  if (unknown) throw new Error(`There is no role ${unknown}. ${usage}`)
  return {
    roles: roleNames.filter((role) => wanted.includes(role)),
    ...(values.host && { host: values.host }),
  }
}
