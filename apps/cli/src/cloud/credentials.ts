import { createHmac } from 'node:crypto'
import { cloudId, hostNames, type NephosConfig } from '@nephos/config'
import { joinedHosts } from '@nephos/core/joins'
import { facePermissions, hostPermissions, type NatsUser } from '@nephos/jobs/permissions'
import { serverPassword } from './secrets.ts'

/** Who connects to the servers: the control plane's processes, each host, and `nephos`, which tools use and may do all. */
export type ServerUser = 'nephos' | 'control' | 'api' | 'web' | { host: string }

const nameOf = (user: ServerUser): string => (typeof user === 'string' ? user : `host-${user.host}`)

/** Password of a user of an embedded server: made from the server's own, so that there is nothing more to keep. */
export function userPassword(config: NephosConfig, server: 'postgres' | 'nats', user: ServerUser): string {
  const master = serverPassword(config, server)
  if (user === 'nephos') return master
  const salt =
    typeof user === 'string'
      ? ''
      : (joinedHosts(config.home).find(({ name }) => name === user.host)?.salt ?? '')
  return createHmac('sha256', master)
    .update(`${server}:${nameOf(user)}:${salt}`)
    .digest('base64url')
    .replace(/^-/, 'x')
}

/** Every host that may connect: those of this machine, and those that were invited. */
export const allHosts = (config: NephosConfig): string[] => [
  ...new Set([...hostNames(config, config.hosts ?? 1), ...joinedHosts(config.home).map(({ name }) => name)]),
]

/** Who may connect to the embedded NATS server, and what each may do. */
export function natsUsers(config: NephosConfig): NatsUser[] {
  const named = (user: ServerUser, permissions?: NatsUser['permissions']): NatsUser => ({
    user: nameOf(user),
    password: userPassword(config, 'nats', user),
    permissions,
  })
  return [
    named('nephos'),
    named('control'),
    named('api', facePermissions('api')),
    named('web', facePermissions('web')),
    ...allHosts(config).map((host) => named({ host }, hostPermissions(host, nameOf({ host })))),
  ]
}

/** Address of the embedded NATS server for one user. */
export const natsUrl = (config: NephosConfig, port: number, user: ServerUser, address: string): string =>
  `nats://${nameOf(user)}:${userPassword(config, 'nats', user)}@${address}:${port}`

/** The role that holds the rights of all hosts. Roles count for a whole server, so the cloud is in the name. */
export const hostGroup = (config: NephosConfig): string => `nephos_${cloudId(config)}_hosts`

/** The database login of a host. */
export const hostRole = (config: NephosConfig, host: string): { name: string; password: string } => ({
  name: `nephos_${cloudId(config)}_host_${host}`,
  password: userPassword(config, 'postgres', { host }),
})

/** The database as a host sees it: the same, with the host's own login. */
export function hostDatabaseUrl(config: NephosConfig, databaseUrl: string, host: string): string {
  const { name, password } = hostRole(config, host)
  const url = new URL(databaseUrl)
  url.username = encodeURIComponent(name)
  url.password = encodeURIComponent(password)
  return url.href
}
