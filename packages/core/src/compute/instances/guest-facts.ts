import type { GuestFacts } from '@nephos/jobs'
import { z } from 'zod'
import { conflict, defineVerb, reader } from '../../kernel/index.ts'
import { findInstance } from './find.ts'
import { requireGuestAgent } from './guest-agent.ts'

/** vm_states in which a guest runs that can be asked. */
const withGuest = ['active', 'rescued', 'resized']

/**
 * What the guest says about itself now, through its agent: system, kernel, interfaces.
 * @throws NephosError not_found, conflict when the image has no agent or the instance does not run, unavailable when
 * the agent does not answer
 */
export const readGuestFacts = defineVerb({
  name: 'compute.instances.guest',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<GuestFacts> => {
    const { host, vmState } = await findInstance(ctx, id)
    const { imageProperties } = await reader(ctx).instance.findUniqueOrThrow({
      where: { id },
      select: { imageProperties: true },
    })
    requireGuestAgent(imageProperties)
    if (!host || !withGuest.includes(vmState))
      throw conflict('The guest does not run.', { remedy: 'Start the instance first.', detail: { vmState } })
    return ctx.ask(host.name, 'guest.facts', { instanceId: id })
  },
})
