import { z } from 'zod'
import { conflict, defineVerb, invalid, isAdmin, mutate, noJson } from '../../kernel/index.ts'
import { backendSelect } from '../placement/backend-state.ts'
import { type BackendVerdict, backendFilters } from '../placement/filters.ts'
import { beginMove } from '../placement/move.ts'
import { chooseType } from '../types/choose.ts'
import { isTrue, specsOf } from '../types/extra-specs.ts'
import { limitsOf } from '../types/limits.ts'
import { findVolume, requireAllowed, volumeIdInput } from './find.ts'
import { type VolumeRow, volumeRow } from './row.ts'
import { checkTypeQuota, moveTypeQuota } from './type-quota.ts'
import { changeVolume } from './write.ts'

/** What an accepted change of the type answers. */
export interface VolumeRetypeAccepted {
  /** null: the volume stays where it is, and everything is done. */
  operationId: string | null
  volume: VolumeRow
}

/** What a type asks of the back end that a volume is on already. */
const staying = ['type-zones', 'back-end', 'abilities']

/**
 * Gives a volume another type. Where its back end does for the new type nothing else is done; otherwise it is copied to
 * another back end of the same host, when `migrationPolicy` says so.
 * @throws NephosError not_found, invalid_input, conflict, quota_exceeded
 */
export const retypeVolume = defineVerb({
  name: 'volume.volumes.retype',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: volumeIdInput.extend({
    /** Id or name. */
    typeId: z.string().trim().min(1).max(255),
    migrationPolicy: z.enum(['never', 'on-demand']).default('never'),
  }),
  run: ({ ctx, input }): Promise<VolumeRetypeAccepted> =>
    mutate(ctx, async (tx) => {
      const admin = isAdmin(ctx.actor)
      const volume = await findVolume(ctx, input.id, tx.db)
      requireAllowed('retype', volume)
      const type = await chooseType(ctx, tx.db, volume.projectId, input.typeId)
      if (type.id === volume.typeId) throw invalid('typeId', 'The volume has this type already.')
      if ((type.encryption !== null) !== volume.encrypted)
        throw conflict('A volume cannot be encrypted or decrypted by a change of its type.', {
          field: 'typeId',
          remedy: 'Make a new volume of that type and copy what is on this one.',
        })
      const multiattach = isTrue(specsOf(type).multiattach)
      if (multiattach !== volume.multiattach && volume.attachments.length > 0)
        throw conflict('Whether several instances may have a volume is not changed while it is attached.', {
          remedy: 'Detach the volume first.',
        })
      const backend =
        volume.backendId &&
        (await tx.db.volumeBackend.findUnique({ where: { id: volume.backendId }, select: backendSelect }))
      if (!backend)
        throw conflict('The volume is on no back end.', { remedy: 'Delete it and create it again.' })
      const why = whyNotHere(backend, specsOf(type), ctx.config.serviceDownTime)
      if (why && input.migrationPolicy === 'never')
        throw conflict(
          `The back end of the volume does not do for this type (needed: ${why.need}; has: ${why.have}).`,
          { remedy: 'Allow that the volume moves to another back end.', detail: { verdict: { ...why } } },
        )
      if (why) {
        await checkTypeQuota(tx, volume, type.name)
        const { operationId, volume: written } = await beginMove(tx, volume, {
          action: 'retype',
          verb: 'volume.volumes.retype',
          type,
          downTime: ctx.config.serviceDownTime,
        })
        return { operationId, volume: volumeRow(written, { admin }) }
      }
      const limits = limitsOf(type.qosSpec, volume.sizeGib)
      const written = await changeVolume(tx, volume, {
        typeId: type.id,
        multiattach,
        limits: limits ? { ...limits } : noJson,
      })
      tx.audit({
        verb: 'volume.volumes.retype',
        resourceType: 'volume',
        resourceId: volume.id,
        resourceName: volume.name,
        projectId: volume.projectId,
        detail: { from: volume.type.name, to: type.name },
      })
      await moveTypeQuota(tx, volume, type.name)
      return { operationId: null, volume: volumeRow(written, { admin }) }
    }),
})

function whyNotHere(
  backend: Parameters<(typeof backendFilters)[string]>[0],
  specs: Record<string, string>,
  downTime: number,
): Pick<BackendVerdict, 'need' | 'have'> | null {
  const needs = {
    sizeGib: 0,
    specs,
    zone: null,
    sourceHost: null,
    sourceBackendId: null,
    sameHost: [],
    differentHost: [],
  }
  for (const filter of staying) {
    const why = backendFilters[filter]!(backend, needs, downTime)
    if (why) return why
  }
  return null
}
