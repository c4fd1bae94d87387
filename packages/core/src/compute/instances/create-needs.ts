import type { Db, Flavor, KeyPair, Tx } from '@nephos/db'
import { type Ctx, conflict, invalid, reader, requireProject, requireUser } from '../../kernel/index.ts'
import { usableBy } from '../../network/networks/shares.ts'
import { visibleFlavors } from '../flavors/row.ts'
import { requireMachine } from '../machine/require.ts'
import { findPlacementNeeds, type PlacementNeeds } from '../placement/needs.ts'
import { homeOfVolumes } from '../volumes/home-of-volumes.ts'
import { type BootSource, findBootSource } from './boot-source.ts'
import type { CreateInstanceInput } from './create-input.ts'
import { checkImageFits } from './image-fits.ts'

/** Everything a new instance is made of, found and checked. */
export interface InstanceNeeds {
  /** Its disk is 0 where the root disk is a volume. */
  flavor: Flavor
  /** GiB of the root disk that the flavor gives, also where that is a volume. */
  rootGib: number
  boot: BootSource
  key: KeyPair | null
  networkIds: string[]
  placement: PlacementNeeds
}

/**
 * Finds what the input names, in parallel, and checks that it fits together.
 * @throws NephosError invalid_input naming the field, or conflict when no network was chosen and there are several
 */
export async function findInstanceNeeds(ctx: Ctx, input: CreateInstanceInput): Promise<InstanceNeeds> {
  const db = reader(ctx)
  const { id: projectId } = requireProject(ctx)
  const { userId } = requireUser(ctx)
  const [flavor, boot, key, networkIds, placement, home] = await Promise.all([
    db.flavor.findFirst({ where: { id: input.flavorId, ...visibleFlavors(ctx) } }),
    findBootSource(ctx, db, input),
    input.keyName ? db.keyPair.findUnique({ where: { userId_name: { userId, name: input.keyName } } }) : null,
    chooseNetworks(db, projectId, input.networkIds),
    findPlacementNeeds(ctx, input),
    homeOfVolumes(db, sourcesOf(input)),
  ])
  if (!flavor)
    throw invalid('flavorId', `No flavor ${input.flavorId} was found.`, 'Choose one of the listed flavors.')
  if (flavor.disabled)
    throw invalid('flavorId', `The flavor ${flavor.name} is disabled.`, 'Choose another flavor.')
  const root = boot.fromVolume ? { ...flavor, diskGib: Number.POSITIVE_INFINITY } : flavor
  if (boot.image) checkImageFits(boot.image, root)
  await requireMachine(db, flavor, boot)
  if (input.keyName && !key)
    throw invalid(
      'keyName',
      `You have no key pair named ${input.keyName}.`,
      'Create or import it first, or leave the key out.',
    )
  // Volumes that only one host reaches bind the instance to it, now and when it moves.
  const bound = home === null ? placement : { ...placement, hints: { ...placement.hints, host: home } }
  return {
    // The root disk takes no room on the host where it is a volume.
    flavor: boot.fromVolume ? { ...flavor, diskGib: 0 } : flavor,
    rootGib: flavor.diskGib,
    boot,
    key,
    networkIds,
    placement: bound,
  }
}

const sourcesOf = ({ volumes }: CreateInstanceInput) => ({
  volumeIds: volumes.flatMap(({ volumeId }) => (volumeId ? [volumeId] : [])),
  snapshotIds: volumes.flatMap(({ snapshotId }) => (snapshotId ? [snapshotId] : [])),
})

/** The networks that were chosen (checked when their addresses are taken), or else the only one there is. */
async function chooseNetworks(db: Db | Tx, projectId: string, chosen: string[]): Promise<string[]> {
  if (chosen.length > 0) return chosen
  const found = await db.network.findMany({
    where: { ...usableBy(projectId), external: false, deleting: false },
    select: { id: true, name: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 11,
  })
  if (found.length === 1) return [found[0]!.id]
  if (found.length === 0)
    throw invalid('networkIds', 'The project has no network.', 'Create a network with a subnet first.')
  const names = found.slice(0, 10).map((network) => `${network.name} (${network.id})`)
  throw conflict(`The project has several networks: ${names.join(', ')}${found.length > 10 ? ', …' : ''}.`, {
    field: 'networkIds',
    remedy: 'Choose at least one of them.',
    detail: { networks: found.map(({ id, name }) => ({ id, name })) },
  })
}
