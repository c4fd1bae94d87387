import type { Prisma } from '@nephos/db'
import { instanceSelect } from './row.ts'

/** What is read of an instance for the work on its machine: its row, and what the machine is made like. */
export const machineSelect = {
  ...instanceSelect,
  extraSpecs: true,
  imageProperties: true,
  rescue: true,
  configDrive: true,
  restartPolicy: true,
  serverGroupId: true,
  volumes: { select: { id: true } },
} satisfies Prisma.InstanceSelect

/** An instance as {@link machineSelect} reads it. */
export type MachineRecord = Prisma.InstanceGetPayload<{ select: typeof machineSelect }>
