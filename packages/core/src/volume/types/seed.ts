import { newId, type Tx } from '@nephos/db'
import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { builtInType } from './choose.ts'
import { typeChanged, typeParts } from './row.ts'

/** What a type that is named by its back end says of itself. */
const kinds: Record<string, string> = {
  local: 'On the disk of the host: fast, for instances of the same host',
  iscsi: 'Over iSCSI, for instances of every host',
  nbd: 'Over NBD, for instances of every host',
  aoe: 'ATA over Ethernet: the guest itself reaches it over its network',
  simulated: 'Holds nothing: for trying the dashboard and for tests',
}

/** Gives a new database its type for everybody: on any back end. */
export async function seedVolumeTypes(db: Tx): Promise<void> {
  const id = newId()
  await db.volumeType.create({
    data: { id, name: builtInType, description: 'Kept wherever there is room', extraSpecs: {} },
  })
  await db.volumeDefaultType.create({ data: { projectId: '', typeId: id } })
}

/**
 * Gives each kind of back end that is there a type of its own, named by it, the first time that it is seen; one that
 * an administrator has deleted stays away. @returns names of the types that were made
 */
export async function seedVolumeTypesOfBackends(services: Services): Promise<string[]> {
  const { db } = services
  const verb = 'volume.types.seed'
  const [backends, types] = await Promise.all([
    db.volumeBackend.findMany({ distinct: ['driver'], select: { driver: true } }),
    db.volumeType.findMany({ where: { name: { in: Object.keys(kinds) } }, select: { name: true } }),
  ])
  const made: string[] = []
  for (const { driver } of backends) {
    if (!Object.hasOwn(kinds, driver) || types.some(({ name }) => name === driver)) continue
    if ((await db.audit.count({ where: { verb, resourceName: driver } })) > 0) continue
    await mutate(systemCtx(services, 'volume-types'), async (tx) => {
      const type = await tx.db.volumeType.create({
        data: {
          id: newId(),
          name: driver,
          description: kinds[driver]!,
          extraSpecs: { volume_backend_name: driver },
        },
        include: typeParts,
      })
      tx.audit({
        verb,
        resourceType: 'volume_type',
        resourceId: type.id,
        resourceName: driver,
        projectId: null,
      })
      typeChanged(tx, 'created', type)
    })
    made.push(driver)
  }
  return made
}
