import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { writeAtomically } from '../supervisor/cloud-file.ts'

/** A password of 24 characters that no shell, URL or configuration file needs to quote. */
const newPassword = (): string => randomBytes(18).toString('base64url').replace(/^-/, 'x')

function kept(file: string, make: () => string): { value: string; created: boolean } {
  if (existsSync(file)) return { value: readFileSync(file, 'utf8').trim(), created: false }
  const value = make()
  writeAtomically(file, `${value}\n`, 0o600)
  return { value, created: true }
}

/** The first administrator's password: the configured one, or a generated one; kept in a file only its owner can read. */
export const adminPassword = (config: NephosConfig): { value: string; created: boolean } =>
  kept(statePaths(config).adminPasswordFile, () => config.adminPassword ?? newPassword())

/** Password of an embedded server. Other users of the machine can reach its port, too. */
export const serverPassword = (config: NephosConfig, server: 'postgres' | 'nats'): string =>
  kept(join(config.home, `${server}-password`), newPassword).value

/** How to reach the servers, for tools and tests; only its owner can read it. */
export interface Connections {
  databaseUrl: string
  natsUrl: string
}

export const connectionsFile = (config: NephosConfig): string =>
  join(statePaths(config).run, 'connections.json')

/** Keeps the addresses of the servers, passwords included, for tools of the same user. */
export const writeConnections = (config: NephosConfig, connections: Connections): void =>
  writeAtomically(connectionsFile(config), `${JSON.stringify(connections, null, 2)}\n`, 0o600)
