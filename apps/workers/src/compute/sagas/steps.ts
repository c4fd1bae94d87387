import type { Step } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import type { InstanceState, Wired } from './load.ts'

/** Brings the instance's ports up on this host, and leaves where they are. */
export const wirePorts = ({ services, hostName }: ComputeDeps): Step<InstanceState>['run'] => {
  return async ({ state: { record } }) => {
    const wired = await services.ask(hostName, 'network.wire', { portIds: record.ports.map(({ id }) => id) })
    return { ports: wired.ports }
  }
}

/** Takes the instance's ports off this host; addresses stay with the instance. */
export const unwirePorts =
  ({ services, hostName }: ComputeDeps) =>
  async ({ record }: InstanceState): Promise<void> => {
    if (record.ports.length === 0) return
    await services.ask(hostName, 'network.unwire', {
      ports: record.ports.map(({ id, networkId }) => ({ portId: id, networkId })),
    })
  }

/** What the step `wire-ports` left. */
export const wiredOf = (outputs: Record<string, unknown>): Wired => outputs['wire-ports'] as Wired
