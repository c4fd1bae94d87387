import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import type { Drivers } from '../cloud/probe.ts'
import type { ProcessIdentity } from './identity.ts'

/** What runs, as `<home>/run/cloud.json` tells tools and the next start. Holds no secrets. */
export interface CloudFile {
  version: string
  cloudId: string
  /** `stopped` when it was ended in order; anything else with a dead supervisor means that the supervisor was killed. */
  state: 'starting' | 'running' | 'stopping' | 'stopped'
  startedAt: string
  home: string
  hostName: string
  /** The cloud that this machine is a host of; null for a cloud of its own. */
  memberOf: string | null
  /** Names of the hosts that this machine runs, the first one included. */
  hosts: string[]
  adminUser: string
  adminPasswordFile: string
  webUrl: string
  apiUrl: string
  webPort: number
  apiPort: number
  /** True when the instances of this cloud do not really run. */
  simulated: boolean
  /** Null until the machine has been looked at. */
  drivers: Drivers | null
  embedded: { postgres: boolean; nats: boolean }
  supervisor: ProcessIdentity
  processes: (ProcessIdentity & { name: string; tier: number; stopSignal: NodeJS.Signals })[]
}

/** Writes a file that is either the old or the new one, never a half. */
export function writeAtomically(file: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.draft`
  writeFileSync(draft, text, { mode })
  renameSync(draft, file)
}

/** Records what runs now. */
export function writeCloudFile(config: NephosConfig, cloud: CloudFile): void {
  writeAtomically(statePaths(config).cloudFile, `${JSON.stringify(cloud, null, 2)}\n`)
}

/** What ran last; null when nothing ever did or the file is unreadable. */
export function readCloudFile(config: NephosConfig): CloudFile | null {
  try {
    return JSON.parse(readFileSync(statePaths(config).cloudFile, 'utf8')) as CloudFile
  } catch {
    return null
  }
}
