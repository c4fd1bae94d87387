import { z } from 'zod'
import { defineVerb, invalid, reader } from '../../kernel/index.ts'
import { visibleFlavors } from '../flavors/row.ts'
import { findInstance } from '../instances/find.ts'
import { bootsFromVolume } from '../instances/volume-root.ts'
import { requireMachine } from '../machine/require.ts'
import { migrationFlavor } from '../placement/waiting.ts'
import { beginMove, type MoveAccepted } from './begin.ts'

/**
 * Gives an instance another flavor, on the host that the scheduler finds for it; it may be its own. The instance waits
 * to be judged afterwards: confirm keeps the new flavor, revert brings the old one back as it was.
 * @throws NephosError not_found, invalid_input, conflict, quota_exceeded
 */
export const resizeInstance = defineVerb({
  name: 'compute.instances.resize',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), flavorId: z.string().max(255) }),
  run: async ({ ctx, input: { id, flavorId } }): Promise<MoveAccepted> => {
    const record = await findInstance(ctx, id)
    const db = reader(ctx)
    const [flavor, image] = await Promise.all([
      db.flavor.findFirst({ where: { id: flavorId, ...visibleFlavors(ctx) } }),
      record.imageId ? db.image.findUnique({ where: { id: record.imageId } }) : null,
    ])
    if (!flavor)
      throw invalid('flavorId', `No flavor ${flavorId} was found.`, 'Choose one of the listed flavors.')
    if (flavor.disabled)
      throw invalid('flavorId', `The flavor ${flavor.name} is disabled.`, 'Choose another flavor.')
    if (flavor.id === record.flavorId)
      throw invalid('flavorId', `The instance has the flavor ${flavor.name} already.`, 'Choose another one.')
    const ownRoot = !(await bootsFromVolume(db, id))
    for (const [what, is, wanted] of [
      ['disk', record.diskGib, flavor.diskGib],
      ['ephemeral disk', record.ephemeralGib, flavor.ephemeralGib],
    ] as const)
      if (wanted < is)
        throw invalid(
          'flavorId',
          `The ${what} of ${flavor.name} (${wanted} GiB) is smaller than the instance's (${is} GiB); disks cannot shrink.`,
          'Choose a flavor whose disks are not smaller.',
        )
    if (image && flavor.ramMib < image.minRamMib)
      throw invalid(
        'flavorId',
        `The RAM of ${flavor.name} (${flavor.ramMib} MiB) is less than the image ${image.name} needs (${image.minRamMib} MiB).`,
        'Choose a larger flavor.',
      )
    await requireMachine(db, flavor, image ?? { properties: {} })
    const { id: _, name: flavorName, ...size } = flavor
    return beginMove(ctx, {
      id,
      action: 'resize',
      verb: 'compute.instances.resize',
      saga: 'instance-resize',
      kind: 'resize',
      host: null,
      newFlavor: migrationFlavor.parse({
        ...size,
        ...(ownRoot ? {} : { diskGib: 0 }),
        flavorId: flavor.id,
        flavorName,
      }),
    })
  },
})
