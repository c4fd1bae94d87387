import type { Tx } from '@nephos/db'
import { z } from 'zod'
import { type Ctx, isAdmin, notFound } from '../../kernel/index.ts'
import { findImage, ownProject } from '../images/find.ts'
import type { ImageWithParts, MemberStatus } from '../images/row.ts'

/** A project that an image is shared with, and what it answered. */
export interface ImageMemberRow {
  imageId: string
  projectId: string
  status: MemberStatus
  createdAt: Date
  updatedAt: Date
}

/** A member of an image. */
export const memberInput = z.object({
  /** The image. */
  id: z.uuid(),
  projectId: z.string().trim().min(1, 'Name the project.').max(64),
})

/** The row of a stored member. */
export const memberRow = (member: {
  imageId: string
  projectId: string
  status: string
  createdAt: Date
  updatedAt: Date
}): ImageMemberRow => ({
  imageId: member.imageId,
  projectId: member.projectId,
  status: member.status as MemberStatus,
  createdAt: member.createdAt,
  updatedAt: member.updatedAt,
})

/** Whether the actor may see and change every member of an image. */
export const ownsImage = (ctx: Ctx, image: { projectId: string }): boolean =>
  isAdmin(ctx.actor) || image.projectId === ownProject(ctx)

/**
 * An image and one of its members, for its owner, that member itself, and administrators.
 * @throws NephosError not_found for whoever is none of them, as for a member that there is not
 */
export async function findMember(
  ctx: Ctx,
  { id, projectId }: z.output<typeof memberInput>,
  db?: Tx,
): Promise<{ image: ImageWithParts; status: MemberStatus }> {
  const image = await findImage(ctx, id, db)
  const member = image.members.find((one) => one.projectId === projectId)
  if (!member || (!ownsImage(ctx, image) && projectId !== ownProject(ctx)))
    throw notFound('member', projectId)
  return { image, status: member.status as MemberStatus }
}
