import { z } from 'zod'
import { defineVerb, isAdmin, NephosError, reader, requireProject } from '../../kernel/index.ts'
import type { VolumeStatusName } from '../states.ts'

/** What a project has of volumes. */
export interface VolumeSummary {
  volumes: number
  gib: number
  byStatus: { status: VolumeStatusName; volumes: number; gib: number }[]
}

/** How many volumes there are and how large they are together; of every project for an administrator who asks for it. */
export const summariseVolumes = defineVerb({
  name: 'volume.volumes.summary',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ allProjects: z.boolean().default(false) }),
  run: async ({ ctx, input }): Promise<VolumeSummary> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only administrators see the volumes of every project.', {
        field: 'allProjects',
      })
    const groups = await reader(ctx).volume.groupBy({
      by: ['status'],
      where: input.allProjects ? {} : { projectId: requireProject(ctx).id },
      _count: true,
      _sum: { sizeGib: true },
      orderBy: { status: 'asc' },
    })
    const byStatus = groups.map(({ status, _count, _sum }) => ({
      status,
      volumes: _count,
      gib: _sum.sizeGib ?? 0,
    }))
    return {
      volumes: byStatus.reduce((sum, { volumes }) => sum + volumes, 0),
      gib: byStatus.reduce((sum, { gib }) => sum + gib, 0),
      byStatus,
    }
  },
})
