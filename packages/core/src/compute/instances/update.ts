import { z } from 'zod'
import { defineVerb, type Json } from '../../kernel/index.ts'
import { description } from '../names.ts'
import { editInstance } from './edit-columns.ts'

/** What happens after a crash of the guest. */
export const restartPolicies = ['never', 'on-failure'] as const
export type RestartPolicy = (typeof restartPolicies)[number]

/**
 * Changes what is said about an instance, and what happens when its guest crashes. What is left out stays.
 * @throws NephosError not_found
 */
export const updateInstance = defineVerb({
  name: 'compute.instances.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    description: description.optional(),
    restartPolicy: z.enum(restartPolicies).optional(),
  }),
  run: async ({ ctx, input: { id, ...given } }) => ({
    instance: await editInstance(ctx, {
      id,
      action: 'edit',
      verb: 'compute.instances.update',
      change: async () => {
        const columns = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
        return Object.keys(columns).length > 0
          ? { columns, detail: columns as { [key: string]: Json } }
          : null
      },
    }),
  }),
})
