import { isUniqueViolation, newId } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { description, displayName } from '../names.ts'
import { extraSpecs, requireValidExtraSpecs } from './extra-specs.ts'
import { type FlavorRow, flavorChanged, flavorRow } from './row.ts'

/** The sizes of a flavor: vCPUs, RAM and swap in MiB, root disk and ephemeral disk in GiB. */
export const flavorSizes = {
  vcpus: z.int().min(1, 'A flavor has at least 1 vCPU.').max(512, 'A flavor has at most 512 vCPUs.'),
  ramMib: z.int().min(64, 'A flavor has at least 64 MiB of RAM.').max(16_777_216),
  diskGib: z.int().min(1, 'A flavor has at least 1 GiB of disk.').max(1_048_576),
  ephemeralGib: z.int().min(0, 'The size of a disk is not negative.').max(1_048_576),
  swapMib: z.int().min(0, 'The size of a disk is not negative.').max(1_048_576),
}

/** Adds a flavor. The id may be chosen, as in Nova. @throws NephosError conflict when id or name is taken */
export const createFlavor = defineVerb({
  name: 'compute.flavors.create',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9._-]+$/, 'An id has letters, digits, dots, hyphens and underscores only.')
      .optional(),
    name: displayName,
    description: description.default(''),
    ...flavorSizes,
    ephemeralGib: flavorSizes.ephemeralGib.default(0),
    swapMib: flavorSizes.swapMib.default(0),
    extraSpecs: extraSpecs.default({}),
    isPublic: z.boolean().default(true),
    disabled: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<FlavorRow> => {
    requireValidExtraSpecs(input.extraSpecs, input.vcpus)
    try {
      return await mutate(ctx, async (tx) => {
        const flavor = await tx.db.flavor.create({ data: { ...input, id: input.id ?? newId() } })
        tx.audit({
          verb: 'compute.flavors.create',
          resourceType: 'flavor',
          resourceId: flavor.id,
          resourceName: flavor.name,
          projectId: null,
        })
        flavorChanged(tx, 'created', flavor)
        return flavorRow(flavor)
      })
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw conflict(`A flavor with this ${input.id ? 'id or name' : 'name'} exists.`, {
        field: 'name',
        remedy: 'Choose another one.',
        cause: error,
      })
    }
  },
})
