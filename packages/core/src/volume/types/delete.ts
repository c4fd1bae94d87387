import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { findType, projectsOfType, typeChanged } from './row.ts'

/** Removes a type that no volume has. @throws NephosError not_found, conflict while volumes have it */
export const deleteVolumeType = defineVerb({
  name: 'volume.types.delete',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const type = await findType(ctx, id, tx.db)
      const volumes = await tx.db.volume.count({ where: { typeId: id } })
      if (volumes > 0)
        throw conflict(
          `${volumes === 1 ? 'A volume has' : `${volumes} volumes have`} the type ${type.name}.`,
          {
            remedy: 'Delete them or change their type first. To keep it from new volumes, make it private.',
            detail: { volumes },
          },
        )
      const projects = await projectsOfType(tx, id)
      await tx.db.volumeDefaultType.deleteMany({ where: { typeId: id } })
      await tx.db.volumeType.deleteMany({ where: { id } })
      tx.audit({
        verb: 'volume.types.delete',
        resourceType: 'volume_type',
        resourceId: id,
        resourceName: type.name,
        projectId: null,
      })
      typeChanged(tx, 'deleted', type, { projects })
      return { id }
    }),
})
