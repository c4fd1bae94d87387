import type { BackupSchedule, Image } from '@nephos/db'
import type { ImageStatus } from '../../image/states.ts'

/** Backups that are made of an instance by themselves. */
export interface BackupScheduleRow {
  instanceId: string
  /** Backups of one kind make room for each other. */
  backupType: string
  everyHours: number
  keep: number
  nextAt: Date
  lastStartedAt: Date | null
  /** Why the last one could not be started; null when it was. */
  lastProblem: string | null
}

/** An image that was made of an instance. */
export interface InstanceImageRow {
  id: string
  name: string
  status: ImageStatus
  /** Kind of the backup; null for a snapshot. */
  backupType: string | null
  /** Bytes; null until it is active. */
  size: number | null
  createdAt: Date
}

/** The row of a stored schedule. */
export const scheduleRow = (schedule: BackupSchedule): BackupScheduleRow => ({
  instanceId: schedule.instanceId,
  backupType: schedule.backupType,
  everyHours: schedule.everyHours,
  keep: schedule.keep,
  nextAt: schedule.nextAt,
  lastStartedAt: schedule.lastStartedAt,
  lastProblem: schedule.lastProblem,
})

/** The row of an image. */
export const instanceImageRow = (image: Image): InstanceImageRow => ({
  id: image.id,
  name: image.name,
  status: image.status as ImageStatus,
  size: image.size === null ? null : Number(image.size),
  createdAt: image.createdAt,
  backupType: image.backupType,
})
