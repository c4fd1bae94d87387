import {
  completeAttachment,
  dropAttachment,
  instanceChanged,
  instanceSelect,
  type MutationTx,
  machineOptions,
  mutate,
  rollDetach,
  systemCtx,
} from '@nephos/core'
import type { Failure, SagaOperation, Step } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { type AttachedVolume, attachmentSelect, connectVolume, disconnectVolume } from '../volumes/connect.ts'
import { type InstanceState, loadInstance } from './load.ts'

/** What the sagas of volumes are about: an instance and one of its attachments. */
export interface VolumeState extends InstanceState {
  attachment: AttachedVolume
}

const input = z.object({ attachmentId: z.uuid() })

/** Reads instance and attachment of an operation; null when the instance has it no longer, or is on another host. */
export async function loadVolume(
  { services, hostName }: Pick<ComputeDeps, 'services' | 'hostName'>,
  operation: SagaOperation,
): Promise<VolumeState | null> {
  const { attachmentId } = input.parse(operation.input)
  const [state, attachment] = await Promise.all([
    loadInstance(services, operation),
    services.db.volumeAttachment.findUnique({ where: { id: attachmentId }, select: attachmentSelect }),
  ])
  if (!state || !attachment || attachment.instanceId !== state.record.id) return null
  return state.record.host?.name === hostName ? { ...state, attachment } : null
}

/** Has the volume's host let this one in. How it is reached is asked again when it is plugged: it holds secrets. */
export const reachVolume =
  (deps: ComputeDeps): Step<VolumeState>['run'] =>
  async ({ state: { attachment } }) => {
    await connectVolume(deps, attachment)
    return undefined
  }

/** Has the volume's host shut this one out, once the machine does not have it. */
export const leaveVolume =
  (deps: ComputeDeps) =>
  async ({ record, attachment }: VolumeState): Promise<void> => {
    // A machine that was started meanwhile has it again.
    await deps.driver.volumes.unplug(record.id, attachment.volumeId)
    await disconnectVolume(deps, attachment)
  }

/** Plugs the volume into the machine, if that runs. */
export const plugIn =
  (deps: ComputeDeps) =>
  async ({ record, attachment }: VolumeState): Promise<void> => {
    const volume = await connectVolume(deps, attachment)
    await deps.driver.volumes.plug(record.id, volume, machineOptions(record))
  }

const ctxOf = ({ services, hostName }: ComputeDeps, { operation }: InstanceState) =>
  systemCtx(services, `compute on ${hostName}`, operation.requestId)

/** The instance has the volume. */
export const showAttached = (deps: ComputeDeps, state: VolumeState): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    await completeAttachment(tx, state.attachment.id)
    await announce(tx, state.record.id)
  })

/** The instance has it no longer, or never had it; nobody is connected. Does nothing the second time. */
export const letVolumeGo = (deps: ComputeDeps, state: VolumeState): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    if (await dropAttachment(tx, state.attachment.id)) await announce(tx, state.record.id)
  })

/** The instance still has it, and says why. */
export const keepVolume = (deps: ComputeDeps, state: VolumeState, failure: Failure): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    await rollDetach(tx, state.attachment.id, failure.code === 'cancelled' ? undefined : failure.message)
    await announce(tx, state.record.id)
  })

async function announce(tx: MutationTx, id: string): Promise<void> {
  const record = await tx.db.instance.findUnique({ where: { id }, select: instanceSelect })
  if (record) instanceChanged(tx, 'updated', record)
}
