import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { type ActionAccepted, beginAction } from './act.ts'
import { beginImage } from './begin-image.ts'
import { bootsFromVolume } from './volume-root.ts'

/** An instance that is being shelved. */
export interface ShelveAccepted extends ActionAccepted {
  /** The image that its root disk is kept as; null: that is a volume, and stays one. */
  imageId: string | null
}

const plan = { action: 'shelve', verb: 'compute.instances.shelve', saga: 'instance-shelve' } as const

/**
 * Powers an instance off and keeps its root disk, as an image or as the volume that it is; after the configured time it
 * also leaves its host. Its ports, addresses and volumes stay. Ephemeral disks and swap are not kept.
 * @throws NephosError not_found, conflict, quota_exceeded
 */
export const shelveInstance = defineVerb({
  name: 'compute.instances.shelve',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<ShelveAccepted> => {
    if (await bootsFromVolume(reader(ctx), id))
      return { ...(await beginAction(ctx, { ...plan, id, input: { imageId: null } })), imageId: null }
    return beginImage(ctx, { ...plan, id }, (record) => ({ name: `${record.name.slice(0, 247)}-shelved` }))
  },
})
