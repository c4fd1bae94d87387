import { isUniqueViolation } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound, reader } from '../../kernel/index.ts'
import { findType, typeChanged, typeRow } from './row.ts'

/** A project that may use a private type. */
export interface VolumeTypeAccessRow {
  typeId: string
  projectId: string
  projectName: string
  createdAt: Date
}

const input = z.object({ id: z.uuid(), projectId: z.string().min(1, 'Choose a project.').max(64) })

/** Lets a project use a private type. @throws NephosError not_found, conflict when it may already or the type is public */
export const addVolumeTypeAccess = defineVerb({
  name: 'volume.types.addAccess',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input,
  run: ({ ctx, input: { id, projectId } }): Promise<VolumeTypeAccessRow> =>
    mutate(ctx, async (tx) => {
      const type = await findType(ctx, id, tx.db)
      if (type.isPublic)
        throw conflict(`The type ${type.name} is public: every project can use it.`, {
          remedy: 'Make it private first.',
        })
      const project = await tx.db.project.findUnique({ where: { id: projectId }, select: { name: true } })
      if (!project) throw notFound('project', projectId)
      const row = await tx.db.volumeTypeAccess.create({ data: { typeId: id, projectId } })
      tx.event({
        noun: 'volume_type',
        change: 'created',
        id,
        audience: { kind: 'project', projectId },
        data: JSON.parse(JSON.stringify(typeRow(type, { admin: false }))),
      })
      typeChanged(tx, 'updated', type)
      tx.audit({
        verb: 'volume.types.addAccess',
        resourceType: 'volume_type',
        resourceId: id,
        resourceName: type.name,
        projectId: null,
        detail: { projectId, projectName: project.name },
      })
      return { ...row, projectName: project.name }
    }).catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error
      throw conflict('This project can already use the type.', { field: 'projectId', cause: error })
    }),
})

/** Takes a private type from a project; its volumes stay. @throws NephosError not_found */
export const removeVolumeTypeAccess = defineVerb({
  name: 'volume.types.removeAccess',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input,
  run: ({ ctx, input: { id, projectId } }): Promise<Record<string, never>> =>
    mutate(ctx, async (tx) => {
      const type = await findType(ctx, id, tx.db)
      const { count } = await tx.db.volumeTypeAccess.deleteMany({ where: { typeId: id, projectId } })
      if (count === 0) throw notFound('access of this project', projectId)
      if (!type.isPublic)
        tx.event({
          noun: 'volume_type',
          change: 'deleted',
          id,
          audience: { kind: 'project', projectId },
          data: null,
        })
      typeChanged(tx, 'updated', type)
      tx.audit({
        verb: 'volume.types.removeAccess',
        resourceType: 'volume_type',
        resourceId: id,
        resourceName: type.name,
        projectId: null,
        detail: { projectId },
      })
      return {}
    }),
})

/** The projects that may use a private type, at most a thousand, by name. @throws NephosError not_found */
export const listVolumeTypeAccess = defineVerb({
  name: 'volume.types.listAccess',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<VolumeTypeAccessRow[]> => {
    const db = reader(ctx)
    await findType(ctx, id)
    const rows = await db.volumeTypeAccess.findMany({
      where: { typeId: id },
      orderBy: { projectId: 'asc' },
      take: 1_000,
    })
    const projects = await db.project.findMany({
      where: { id: { in: rows.map(({ projectId }) => projectId) } },
      select: { id: true, name: true },
    })
    const names = new Map(projects.map((project) => [project.id, project.name]))
    return rows
      .flatMap((row) => {
        const projectName = names.get(row.projectId)
        return projectName === undefined ? [] : [{ ...row, projectName }]
      })
      .sort((a, b) => a.projectName.localeCompare(b.projectName))
  },
})
