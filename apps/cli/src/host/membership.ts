import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { type Membership, membership } from '@nephos/core/joins'
import { z } from 'zod'
import { Failure } from '../failure.ts'
import { writeAtomically } from '../supervisor/cloud-file.ts'

const stored = membership.extend({ underlayIp: z.ipv4() })

/** What this machine keeps as a host of a cloud elsewhere: all it was given, and its own address between hosts. */
export type StoredMembership = Membership & { underlayIp: string }

/** Where it is kept. */
export const membershipFile = (home: string): string => join(home, 'host.json')

/** Keeps it, for its owner alone. */
export const writeMembership = (home: string, member: StoredMembership): void =>
  writeAtomically(membershipFile(home), `${JSON.stringify(member, null, 2)}\n`, 0o600)

/**
 * The settings of a host of a cloud elsewhere; none when this machine is a cloud of its own.
 * @throws Failure when what is kept cannot be read
 */
export function memberSettings(home: string): Partial<NephosConfig> {
  const file = membershipFile(home)
  if (!existsSync(file)) return {}
  try {
    return { ...stored.parse(JSON.parse(readFileSync(file, 'utf8'))), hosts: 1, trustedNetwork: 'yes' }
  } catch {
    throw new Failure(`${file} is damaged: this machine has forgotten which cloud it belongs to.`, {
      remedy: 'Remove it and join again: `./nephos host join`.',
    })
  }
}

/** True for a machine that is a host of a cloud elsewhere. */
export const isMember = ({ controlUrl, hostSecret }: NephosConfig): boolean =>
  controlUrl !== undefined && hostSecret !== undefined
