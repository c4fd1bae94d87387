import {
  instanceChanged,
  instanceSelect,
  type MutationTx,
  machineOptions,
  mutate,
  releasePort,
  systemCtx,
} from '@nephos/core'
import type { SagaOperation, Step } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { type InstanceState, loadInstance } from './load.ts'
import { wiredOf } from './steps.ts'

/** What the sagas of interfaces are about: an instance and one of its ports. */
export interface InterfaceState extends InstanceState {
  port: { id: string; networkId: string; macAddress: string; deviceIndex: number | null }
  /** The port is deleted once it is detached, whoever made it. */
  remove: boolean
}

const input = z.object({ portId: z.uuid(), remove: z.boolean().default(false) })

/** Reads the instance and the port of an operation; null when the instance has it no longer, or is on another host. */
export async function loadInterface(
  { services, hostName }: Pick<ComputeDeps, 'services' | 'hostName'>,
  operation: SagaOperation,
): Promise<InterfaceState | null> {
  const state = await loadInstance(services, operation)
  const { portId, remove } = input.parse(operation.input)
  const port = state?.record.ports.find(({ id }) => id === portId)
  return state && port && state.record.host?.name === hostName ? { ...state, port, remove } : null
}

/** Brings the port up on this host. */
export const wirePort =
  ({ services, hostName }: ComputeDeps): Step<InterfaceState>['run'] =>
  async ({ state: { port } }) => {
    const wired = await services.ask(hostName, 'network.wire', { portIds: [port.id] })
    return { ports: wired.ports }
  }

/** Takes the port off this host. */
export const unwirePort =
  ({ services, hostName }: ComputeDeps) =>
  async ({ port }: InterfaceState): Promise<void> => {
    await services.ask(hostName, 'network.unwire', {
      ports: [{ portId: port.id, networkId: port.networkId }],
    })
  }

/**
 * Plugs the wired port into the machine.
 * @param outputs with what {@link wirePort} left in the step `wire-port`
 */
export const plugPort =
  ({ driver }: ComputeDeps) =>
  async ({ port, record }: InterfaceState, outputs: Record<string, unknown>): Promise<void> => {
    const wired = wiredOf({ 'wire-ports': outputs['wire-port'] })
    const { tap, mtu } = wired.ports.find(({ portId }) => portId === port.id)!
    const nic = { portId: port.id, mac: port.macAddress, tap, mtu, slot: port.deviceIndex ?? undefined }
    await driver.plugNic(record.id, nic, machineOptions(record))
  }

/** The instance has this port no longer: announces both. Does nothing the second time. */
export const letPortGo = (
  { services, hostName }: ComputeDeps,
  { operation, record: { id }, port, remove }: InterfaceState,
): Promise<void> =>
  mutate(systemCtx(services, `compute on ${hostName}`, operation.requestId), async (tx) => {
    await releasePort(tx, id, port.id, { remove })
    await announce(tx, id)
  })

/** The interface works: pages about the instance hear of it. */
export const showInterface = (
  { services, hostName }: ComputeDeps,
  { operation, record: { id } }: InterfaceState,
): Promise<void> =>
  mutate(systemCtx(services, `compute on ${hostName}`, operation.requestId), (tx) => announce(tx, id))

async function announce(tx: MutationTx, id: string): Promise<void> {
  const record = await tx.db.instance.findUnique({ where: { id }, select: instanceSelect })
  if (record) instanceChanged(tx, 'updated', record)
}
