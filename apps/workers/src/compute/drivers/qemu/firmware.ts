import { chmod, chown, copyFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import { firmwareFiles } from './machine-args.ts'
import type { QemuUser } from './user.ts'

/** UEFI firmware of this host: its code, which is shared, and a template of what a guest may change. */
export interface UefiFirmware {
  code: string
  vars: string
}

/** Where distributions put OVMF: Debian and Ubuntu, Fedora, Arch. */
const places: readonly UefiFirmware[] = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { code: '/usr/share/OVMF/OVMF_CODE.fd', vars: '/usr/share/OVMF/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', vars: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', vars: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
]

/** The UEFI firmware that is installed here; null when there is none. */
export async function findUefi(): Promise<UefiFirmware | null> {
  for (const place of places) if ((await isFile(place.code)) && (await isFile(place.vars))) return place
  return null
}

/**
 * Puts the firmware into a machine's directory. What the guest has written to its variables stays.
 * @throws NephosError unsupported when no UEFI firmware is installed
 */
export async function prepareUefi(directory: string, user: QemuUser | null): Promise<void> {
  const found = await findUefi()
  if (!found)
    throw new NephosError('unsupported', 'This host has no UEFI firmware.', {
      remedy: 'Install the package ovmf on the host, or use an image that starts with BIOS.',
    })
  const [code, vars] = [join(directory, firmwareFiles.code), join(directory, firmwareFiles.vars)]
  await rm(code, { force: true })
  await symlink(found.code, code)
  if (await isFile(vars)) return
  const part = `${vars}.part`
  await copyFile(found.vars, part)
  await chmod(part, 0o600)
  if (user) await chown(part, user.uid, user.gid)
  await rename(part, vars)
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )
