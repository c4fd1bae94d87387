import type { Prisma } from '@nephos/db'
import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { description, displayName } from '../names.ts'
import { beginAction } from './act.ts'
import { instanceMetadata } from './create-input.ts'
import { findInstance } from './find.ts'
import { findRebuildNeeds } from './rebuild-needs.ts'
import { userDataBytes } from './user-data.ts'

/** What `compute.instances.rebuild` takes. What is left out stays as it is; null removes. */
export const rebuildInstanceInput = z.object({
  id: z.uuid(),
  /** Left out: the image it was made from. */
  imageId: z.uuid().optional(),
  name: displayName.optional(),
  description: description.optional(),
  keyName: z.string().max(255).nullish(),
  /** Text or base64; at most 65535 bytes. */
  userData: z.string().max(262_144, 'The user data is too long; at most 65535 bytes are allowed.').nullish(),
  userDataEncoding: z.enum(['auto', 'base64', 'text']).default('auto'),
  metadata: instanceMetadata.optional(),
})

/**
 * Gives an instance new disks from an image, with the same ports, addresses and size. What was on its disks is lost
 * once it has succeeded; one that fails or is cancelled leaves the old disks.
 * @throws NephosError not_found, invalid_input, conflict
 */
export const rebuildInstance = defineVerb({
  name: 'compute.instances.rebuild',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: rebuildInstanceInput,
  run: async ({ ctx, input }) => {
    const { id, name, description, metadata, keyName, userData } = input
    const { image, key } = await findRebuildNeeds(ctx, await findInstance(ctx, id), input)
    const bytes = userData ? userDataBytes(userData, input.userDataEncoding) : null
    return beginAction(ctx, {
      id,
      action: 'rebuild',
      verb: 'compute.instances.rebuild',
      saga: 'instance-rebuild',
      input: { imageId: image.id },
      alongside: async (tx, record) => {
        const shown = {
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          ...(metadata && { metadata }),
          ...(keyName !== undefined && { keyName: key?.name ?? null }),
        }
        const data: Prisma.InstanceUncheckedUpdateManyInput = {
          ...shown,
          ...(keyName !== undefined && { keyPublic: key?.publicKey ?? null }),
          ...(userData !== undefined && { userData: bytes && new Uint8Array(bytes) }),
        }
        if (Object.keys(data).length > 0) await tx.db.instance.updateMany({ where: { id }, data })
        return { record: { ...record, ...shown } }
      },
    })
  },
})
