import { z } from 'zod'
import { imageFields } from '../../image/images/fields.ts'
import { defineVerb } from '../../kernel/index.ts'
import { beginImage } from './begin-image.ts'

/** Backups of one kind push each other out: `daily`, `weekly` or any other word. */
export const backupType = z
  .string()
  .trim()
  .min(1, 'Say which kind of backup it is, for example daily.')
  .max(64, 'The kind of a backup has at most 64 characters.')

/** How many backups of a kind are kept. */
export const backupRotation = z
  .int()
  .min(1, 'Keep at least 1 backup.')
  .max(1_000, 'Keep at most 1000 backups.')

/**
 * Makes an image of an instance that counts as its backup, and afterwards deletes the oldest backups of the same kind
 * beyond `rotation`. Protected ones stay.
 * @throws NephosError not_found, conflict, quota_exceeded
 */
export const backUpInstance = defineVerb({
  name: 'compute.instances.createBackup',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    name: imageFields.name,
    backupType: backupType.default('daily'),
    rotation: backupRotation,
  }),
  run: ({ ctx, input: { id, name, backupType, rotation } }) =>
    beginImage(
      ctx,
      {
        id,
        action: 'createBackup',
        verb: 'compute.instances.createBackup',
        saga: 'instance-backup',
        input: { backupType, rotation },
      },
      () => ({ name, backupType }),
    ),
})
