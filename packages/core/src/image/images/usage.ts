import type { Prisma } from '@nephos/db'
import { defineVerb, reader } from '../../kernel/index.ts'
import { imageId } from './fields.ts'
import { findOwnImage } from './find.ts'

/** How many of one kind come from an image. */
interface Uses {
  /** Those of the image's project; the first of them by name. */
  own: number
  first: { id: string; name: string }[]
  /** Those of other projects, which are only counted. */
  others: number
}

/** What depends on an image, for whoever thinks of deleting it or of taking it out of use. */
export interface ImageUsage {
  instances: Uses
  volumes: Uses
  /** Of all those instances and volumes: the ones that are just being made from it. */
  building: { instances: number; volumes: number }
  /** Projects that it is shared with, and how many of them accepted it. */
  members: number
  accepted: number
}

const shown = 10

/** What was made from an image and whom it is shared with; for its owner. @throws NephosError not_found, forbidden */
export const imageUsage = defineVerb({
  name: 'image.images.usage',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: imageId,
  run: async ({ ctx, input: { id } }): Promise<ImageUsage> => {
    const image = await findOwnImage(ctx, id)
    const db = reader(ctx)
    const { projectId } = image
    const instance: Prisma.InstanceWhereInput = { imageId: id, vmState: { not: 'deleted' } }
    const volume: Prisma.VolumeWhereInput = { imageId: id, status: { not: 'deleting' } }
    const names = {
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: shown,
    } as const
    const [instances, ownInstances, building, first, volumes, ownVolumes, filling, firstVolumes] =
      await Promise.all([
        db.instance.count({ where: instance }),
        db.instance.count({ where: { ...instance, projectId } }),
        db.instance.count({ where: { ...instance, vmState: 'building' } }),
        db.instance.findMany({ where: { ...instance, projectId }, ...names }),
        db.volume.count({ where: volume }),
        db.volume.count({ where: { ...volume, projectId } }),
        db.volume.count({ where: { ...volume, status: { in: ['creating', 'downloading'] } } }),
        db.volume.findMany({ where: { ...volume, projectId }, ...names }),
      ])
    return {
      instances: { own: ownInstances, first, others: instances - ownInstances },
      building: { instances: building, volumes: filling },
      volumes: { own: ownVolumes, first: firstVolumes, others: volumes - ownVolumes },
      members: image.visibility === 'shared' ? image.members.length : 0,
      accepted:
        image.visibility === 'shared'
          ? image.members.filter(({ status }) => status === 'accepted').length
          : 0,
    }
  },
})
