import { z } from 'zod'
import { defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { findType, typeChanged, typeParts } from './row.ts'

/**
 * Says which type volumes get when nobody names one: in one project, or in every project that has none of its own.
 * null: there is none (of its own).
 * @throws NephosError not_found for the type or the project
 */
export const setDefaultVolumeType = defineVerb({
  name: 'volume.types.setDefault',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid().nullable(), projectId: z.string().max(64).nullish() }),
  run: ({ ctx, input: { id, projectId } }): Promise<{ id: string | null; projectId: string | null }> =>
    mutate(ctx, async (tx) => {
      const type = id === null ? null : await findType(ctx, id, tx.db)
      const key = { projectId: projectId ?? '' }
      if (projectId && !(await tx.db.project.findUnique({ where: { id: projectId }, select: { id: true } })))
        throw notFound('project', projectId)
      const former = await tx.db.volumeDefaultType.findUnique({ where: key })
      if (type)
        await tx.db.volumeDefaultType.upsert({
          where: key,
          create: { ...key, typeId: type.id },
          update: { typeId: type.id },
        })
      else await tx.db.volumeDefaultType.deleteMany({ where: key })
      // Whoever shows which one is the default reads it again.
      const told =
        type ??
        (former && (await tx.db.volumeType.findUnique({ where: { id: former.typeId }, include: typeParts })))
      if (told) typeChanged(tx, 'updated', told)
      tx.audit({
        verb: 'volume.types.setDefault',
        resourceType: 'volume_type',
        resourceId: type?.id ?? '',
        resourceName: type?.name,
        projectId: projectId ?? null,
        detail: { projectId: projectId ?? null },
      })
      return { id, projectId: projectId ?? null }
    }),
})
