import type { Tx, VolumeQosSpec, VolumeType } from '@nephos/db'
import { type Ctx, invalid, isAdmin } from '../../kernel/index.ts'

/** A type with the limits of its volumes. */
export type ChosenType = VolumeType & { qosSpec: VolumeQosSpec | null }

/** Volumes get this type when nobody says anything else. */
export const builtInType = 'standard'

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * The type that a project's new volume gets: the one asked for by id or name, the project's default, the cloud's
 * default, or the built-in one.
 * @throws NephosError invalid_input when the project may not use it or there is none
 */
export async function chooseType(
  ctx: Ctx,
  db: Tx,
  projectId: string,
  wanted: string | null | undefined,
): Promise<ChosenType> {
  const usable = isAdmin(ctx.actor) ? {} : { OR: [{ isPublic: true }, { access: { some: { projectId } } }] }
  const include = { qosSpec: true } as const
  if (wanted) {
    const named = uuid.test(wanted) ? [{ id: wanted }, { name: wanted }] : [{ name: wanted }]
    const type = await db.volumeType.findFirst({ where: { AND: [{ OR: named }, usable] }, include })
    if (!type)
      throw invalid('typeId', `There is no volume type ${wanted}.`, 'Choose one from the list of types.')
    return type
  }
  const defaults = await db.volumeDefaultType.findMany({ where: { projectId: { in: [projectId, ''] } } })
  const typeId = (defaults.find((row) => row.projectId === projectId) ?? defaults[0])?.typeId
  const type =
    (typeId && (await db.volumeType.findFirst({ where: { id: typeId, ...usable }, include }))) ||
    (await db.volumeType.findFirst({ where: { name: builtInType, ...usable }, include }))
  if (!type)
    throw invalid(
      'typeId',
      'There is no default volume type that this project may use.',
      'Choose a type, or ask an administrator to set a default.',
    )
  return type
}
