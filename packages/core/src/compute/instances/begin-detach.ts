import { type Ctx, notFound } from '../../kernel/index.ts'
import { type ActionAccepted, beginAction } from './act.ts'

/**
 * Accepts that an interface is taken from an instance.
 * @throws NephosError not_found when the instance has no such interface, conflict saying why it is not possible now
 */
export const beginDetach = (
  ctx: Ctx,
  { id, portId, verb, remove }: { id: string; portId: string; verb: string; remove: boolean },
): Promise<ActionAccepted> =>
  beginAction(ctx, {
    id,
    action: 'detachInterface',
    verb,
    saga: 'instance-detach-interface',
    input: { portId, remove },
    alongside: async (_, record) => {
      if (!record.ports.some((port) => port.id === portId)) throw notFound('interface', portId)
      return {}
    },
  })
