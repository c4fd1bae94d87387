'use client'
import { toast } from 'sonner'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { useConfirm } from '#ui/confirm.tsx'
import { type VolumeAttachment, type VolumeRow, volumeLabel } from './row.ts'

/** Asks, and takes a volume from an instance. */
export function useDetachVolume(): (row: VolumeRow, attachment: VolumeAttachment) => Promise<void> {
  const api = useTRPCClient()
  const confirm = useConfirm()
  return async (row, { instanceId, instanceName }) => {
    if (instanceId === null) return
    const name = volumeLabel(row)
    const from = instanceName ?? instanceId
    const yes = await confirm({
      title: 'Detach this volume?',
      consequence: `is taken from ${from}. If its guest runs, unmount the volume there first. What is on it stays.`,
      names: [name],
      noun: 'volume',
      verb: 'Detach',
    })
    if (!yes) return
    try {
      await api.compute.instances.detachVolume.mutate({ id: instanceId, volumeId: row.id })
      toast(`Detaching ${name} from ${from}`)
    } catch (error) {
      toastRefusal(`Cannot detach ${name}`, error)
    }
  }
}
