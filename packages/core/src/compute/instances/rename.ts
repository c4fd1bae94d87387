import { z } from 'zod'
import { conflict, defineVerb, isAdmin, mutate, notFound } from '../../kernel/index.ts'
import { displayName } from '../names.ts'
import { whyNot } from '../states.ts'
import { instanceChanged } from './changed.ts'
import { findInstance } from './find.ts'
import { type InstanceRow, instanceRow } from './row.ts'

/** Gives an instance another name; the guest keeps its host name. @throws NephosError not_found, conflict */
export const renameInstance = defineVerb({
  name: 'compute.instances.rename',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), name: displayName }),
  run: ({ ctx, input: { id, name } }): Promise<InstanceRow> =>
    mutate(ctx, async (tx) => {
      const record = await findInstance(ctx, id, tx.db)
      const why = whyNot('rename', record, { ignoreLock: isAdmin(ctx.actor) })
      if (why) throw conflict(why)
      const updatedAt = new Date()
      // The name is no state: whatever runs for the instance must not lose its race to a rename.
      const { count } = await tx.db.instance.updateMany({ where: { id }, data: { name, updatedAt } })
      if (count === 0) throw notFound('instance', id)
      const renamed = { ...record, name, updatedAt }
      tx.audit({
        verb: 'compute.instances.rename',
        resourceType: 'instance',
        resourceId: id,
        resourceName: name,
        projectId: record.projectId,
        detail: { before: record.name, after: name },
      })
      instanceChanged(tx, 'updated', renamed)
      return instanceRow(renamed, { admin: isAdmin(ctx.actor) })
    }),
})
