import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { VolumeConnector, VolumeRoute } from '@nephos/core'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import type { VolumeAbilities } from '../../driver.ts'
import type { Exporter, ServedVolume } from '../storage/exporter.ts'
import { addExport, exportsOf, removeExport } from '../storage/exports.ts'
import { clearMount } from '../storage/mount.ts'
import type { VolumePaths } from '../storage/paths.ts'
import { Tgt, type TgtOptions, type TgtTarget } from './tgt.ts'

/** What iSCSI exports are made of. */
export interface IscsiExporterOptions extends TgtOptions {
  abilities: VolumeAbilities
  /** Waits until its address is there. @throws NephosError driver_failed */
  ready: () => Promise<void>
  /** Refuses who cannot reach it. @throws NephosError unsupported */
  admit: (connector: VolumeConnector) => void
}

const lun = 1
const fuse = 'file'

/** Name of a volume's target. */
export const targetName = (volumeId: string): string => `iqn.2026-01.org.nephos:volume-${volumeId}`
const userOf = (volumeId: string): string => `volume-${volumeId}`

/** The CHAP password, made of the secret of the volume's export: 16 characters, which every initiator takes. */
export const chapPassword = (secret: string): string =>
  createHash('sha256').update(`nephos chap ${secret}`).digest('base64url').slice(0, 16)

/**
 * Serves each volume as a target of its own, with CHAP, to the initiators that are connected and to no other. The
 * daemon of the volume shows its disk as a file, which tgtd serves.
 */
export class IscsiExporter implements Exporter {
  readonly kind = 'iscsi'
  readonly mounts = true
  readonly netns = null
  readonly #options: IscsiExporterOptions
  readonly #tgt: Tgt
  readonly #naming = new KeyedLock()

  constructor(options: IscsiExporterOptions) {
    this.#options = options
    this.#tgt = new Tgt(options)
  }

  get abilities() {
    return this.#options.abilities
  }

  async open(): Promise<void> {
    await this.#options.ready()
    await this.#tgt.ensure()
  }

  admit(connector: VolumeConnector): void {
    this.#options.admit(connector)
  }

  async prepare(_volumeId: string, { mount }: VolumePaths): Promise<string[]> {
    await clearMount(mount)
    return []
  }

  async serve(volume: ServedVolume, secret: () => Promise<string>): Promise<null> {
    const { volumeId, daemon, paths, fresh, connectors } = volume
    const wanted = new Set(connectors.map(({ initiator }) => initiator))
    let target = await this.#target(volumeId)
    if (!target) target = await this.#newTarget(volumeId)
    for (const name of target.initiators)
      if (!wanted.has(name)) await this.#tgt.run(...bind('unbind', target.tid), '-Q', name)
    await this.#cut(target.tid, (initiator) => fresh || !wanted.has(initiator))
    if (fresh && target.luns.includes(lun)) await this.#removeLun(target.tid)

    if (!(await exportsOf(daemon, 'fuse')).includes(fuse)) {
      await clearMount(paths.mount)
      await writeFile(paths.mount, '')
      await addExport(daemon, fuse, { type: 'fuse', mountpoint: paths.mount, 'allow-other': 'on' })
    }
    if (fresh || !target.luns.includes(lun)) await this.#addLun(target.tid, volumeId, paths)
    if (!target.accounts.includes(userOf(volumeId))) await this.#addAccount(target.tid, volumeId, secret)
    for (const name of wanted)
      if (!target.initiators.includes(name)) await this.#tgt.run(...bind('bind', target.tid), '-Q', name)
    return null
  }

  async withdraw({ volumeId, daemon, paths }: Parameters<Exporter['withdraw']>[0]): Promise<void> {
    const target = this.#tgt.alive ? await this.#target(volumeId) : undefined
    if (target) {
      for (const name of target.initiators) await this.#tgt.run(...bind('unbind', target.tid), '-Q', name)
      await this.#cut(target.tid, () => true)
      if (target.luns.includes(lun)) await this.#removeLun(target.tid)
      await this.#tgt.run('--mode', 'target', '--op', 'delete', '--force', '--tid', String(target.tid))
      await this.#tgt.run('--mode', 'account', '--op', 'delete', '--user', userOf(volumeId)).catch(() => {})
    }
    if (daemon) for (const id of await exportsOf(daemon, 'fuse')) await removeExport(daemon, id)
    await clearMount(paths.mount)
  }

  async route(
    { volumeId }: ServedVolume,
    { initiator }: VolumeConnector,
    secret: () => Promise<string>,
  ): Promise<VolumeRoute> {
    const { host, port } = this.#options
    return {
      kind: 'iscsi',
      portal: `${host}:${port}`,
      target: targetName(volumeId),
      lun,
      user: userOf(volumeId),
      password: chapPassword(await secret()),
      initiator,
    }
  }

  /** tgtd that has died knows nothing of before. */
  repair(): Promise<boolean> {
    return this.#tgt.ensure()
  }

  end(): Promise<void> {
    return this.#tgt.end()
  }

  async #target(volumeId: string): Promise<TgtTarget | undefined> {
    return (await this.#tgt.targets()).find(({ name }) => name === targetName(volumeId))
  }

  /** One after the other, so that no two take the same number. */
  #newTarget(volumeId: string): Promise<TgtTarget> {
    return this.#naming.run('target', () => this.#nameTarget(volumeId))
  }

  async #nameTarget(volumeId: string): Promise<TgtTarget> {
    const taken = new Set((await this.#tgt.targets()).map(({ tid }) => tid))
    let tid = 1
    while (taken.has(tid)) tid++
    const name = targetName(volumeId)
    await this.#tgt.run('--mode', 'target', '--op', 'new', '--tid', String(tid), '-T', name)
    return { tid, name, luns: [], accounts: [], initiators: [] }
  }

  async #addLun(tid: number, volumeId: string, { mount }: VolumePaths): Promise<void> {
    const which = ['--tid', String(tid), '--lun', String(lun)]
    await this.#tgt.run('--mode', 'logicalunit', '--op', 'new', ...which, '-b', mount, '-E', 'rdwr')
    const serial = volumeId.replaceAll('-', '').slice(0, 20)
    const words = `vendor_id=NEPHOS,product_id=VOLUME,scsi_sn=${serial},thin_provisioning=1`
    await this.#tgt.run('--mode', 'logicalunit', '--op', 'update', ...which, '--params', words)
  }

  #removeLun(tid: number): Promise<string> {
    return this.#tgt.run(
      ...['--mode', 'logicalunit', '--op', 'delete', '--tid', String(tid), '--lun', String(lun)],
    )
  }

  async #addAccount(tid: number, volumeId: string, secret: () => Promise<string>): Promise<void> {
    const user = ['--user', userOf(volumeId)]
    await this.#tgt.run('--mode', 'account', '--op', 'delete', ...user).catch(() => {})
    const password = chapPassword(await secret())
    await this.#tgt.run('--mode', 'account', '--op', 'new', ...user, '--password', password)
    await this.#tgt.run('--mode', 'account', '--op', 'bind', '--tid', String(tid), ...user)
  }

  /** Ends connections; an initiator that may comes back by itself. */
  async #cut(tid: number, whose: (initiator: string) => boolean): Promise<void> {
    for (const { sid, cid, initiator } of await this.#tgt.sessions(tid))
      if (whose(initiator)) {
        const which = ['--tid', String(tid), '--sid', String(sid), '--cid', String(cid)]
        await this.#tgt.run('--mode', 'conn', '--op', 'delete', ...which).catch(() => {})
      }
  }
}

const bind = (op: 'bind' | 'unbind', tid: number): string[] => [
  ...['--mode', 'target', '--op', op],
  ...['--tid', String(tid)],
]
