import type { Prisma } from '@nephos/db'
import {
  type Ctx,
  isAdmin,
  type Json,
  type MutationTx,
  notFound,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { specsOf } from './extra-specs.ts'

/** How the bytes of an encrypted volume are kept. */
export interface VolumeEncryption {
  provider: 'luks'
  cipher: string
  keySize: number
}

/** A type of volumes as lists, `show` and events have it. */
export interface VolumeTypeRow {
  id: string
  name: string
  description: string
  isPublic: boolean
  /** All of them for administrators; for others those that say what volumes can do. */
  extraSpecs: Record<string, string>
  qosSpecId: string | null
  qosSpecName: string | null
  encryption: VolumeEncryption | null
  createdAt: Date
  updatedAt: Date
}

/** What is read with a type to make its row. */
export const typeParts = {
  qosSpec: { select: { name: true } },
} as const satisfies Prisma.VolumeTypeInclude

/** A type with {@link typeParts}. */
export type TypeRecord = Prisma.VolumeTypeGetPayload<{ include: typeof typeParts }>

/** In Cinder, too, everybody sees these. */
const visibleSpecs = ['multiattach', 'replication_enabled', 'RESKEY:availability_zones']

/** The row of a type. `admin`: with all extra specs. */
export const typeRow = (type: TypeRecord, { admin }: { admin: boolean }): VolumeTypeRow => ({
  id: type.id,
  name: type.name,
  description: type.description,
  isPublic: type.isPublic,
  extraSpecs: Object.fromEntries(
    Object.entries(specsOf(type)).filter(([key]) => admin || visibleSpecs.includes(key)),
  ),
  qosSpecId: type.qosSpecId,
  qosSpecName: type.qosSpec?.name ?? null,
  encryption: type.encryption as unknown as VolumeEncryption | null,
  createdAt: type.createdAt,
  updatedAt: type.updatedAt,
})

/** The types that an actor can see: public ones and those its project was given; all for administrators. */
export const visibleTypes = (ctx: Ctx): Prisma.VolumeTypeWhereInput =>
  isAdmin(ctx.actor)
    ? {}
    : { OR: [{ isPublic: true }, { access: { some: { projectId: requireProject(ctx).id } } }] }

/** @throws NephosError not_found when there is none that the actor can see */
export async function findType(ctx: Ctx, id: string, db = reader(ctx)): Promise<TypeRecord> {
  const type = await db.volumeType.findFirst({
    where: { AND: [{ OR: [{ id }, { name: id }] }, visibleTypes(ctx)] },
    include: typeParts,
  })
  if (!type) throw notFound('volume type', id)
  return type
}

/**
 * Announces a type to those who can see it. One that was just hidden leaves the lists of those who could see it.
 * @param projects that may use it though it is private
 */
export function typeChanged(
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  type: TypeRecord,
  { wasPublic = type.isPublic, projects = [] }: { wasPublic?: boolean; projects?: readonly string[] } = {},
): void {
  const event = { noun: 'volume_type', id: type.id } as const
  const data = (admin: boolean) =>
    change === 'deleted' ? null : (JSON.parse(JSON.stringify(typeRow(type, { admin }))) as Json)
  if (wasPublic && !type.isPublic)
    tx.event({ ...event, change: 'deleted', audience: { kind: 'everyone' }, data: null })
  if (!type.isPublic)
    for (const projectId of projects)
      tx.event({ ...event, change, audience: { kind: 'project', projectId }, data: data(false) })
  if (type.isPublic) tx.event({ ...event, change, audience: { kind: 'everyone' }, data: data(false) })
  // Last, for administrators see every event: what is gone for others is still there for them.
  tx.event({ ...event, change, audience: { kind: 'admin' }, data: data(true) })
}

/** The projects that were given a private type. */
export const projectsOfType = async (tx: MutationTx, typeId: string): Promise<string[]> =>
  (await tx.db.volumeTypeAccess.findMany({ where: { typeId }, select: { projectId: true } })).map(
    ({ projectId }) => projectId,
  )
