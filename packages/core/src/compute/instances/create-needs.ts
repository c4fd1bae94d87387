import type { Db, Flavor, Image, KeyPair, Tx } from '@nephos/db'
import { type Ctx, conflict, invalid, reader, requireProject, requireUser } from '../../kernel/index.ts'
import { visibleFlavors } from '../flavors/row.ts'
import { requireMachine } from '../machine/require.ts'
import { findPlacementNeeds, type PlacementNeeds } from '../placement/needs.ts'
import type { CreateInstanceInput } from './create-input.ts'
import { checkImageFits } from './image-fits.ts'

/** Everything a new instance is made of, found and checked. */
export interface InstanceNeeds {
  flavor: Flavor
  image: Image
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
  const [flavor, image, key, networkIds, placement] = await Promise.all([
    db.flavor.findFirst({ where: { id: input.flavorId, ...visibleFlavors(ctx) } }),
    db.image.findFirst({
      where: { id: input.imageId, OR: [{ projectId }, { visibility: { in: ['public', 'community'] } }] },
    }),
    input.keyName ? db.keyPair.findUnique({ where: { userId_name: { userId, name: input.keyName } } }) : null,
    chooseNetworks(db, projectId, input.networkIds),
    findPlacementNeeds(ctx, input),
  ])
  if (!flavor)
    throw invalid('flavorId', `No flavor ${input.flavorId} was found.`, 'Choose one of the listed flavors.')
  if (flavor.disabled)
    throw invalid('flavorId', `The flavor ${flavor.name} is disabled.`, 'Choose another flavor.')
  if (!image)
    throw invalid('imageId', `No image ${input.imageId} was found.`, 'Choose one of the listed images.')
  checkImageFits(image, flavor)
  await requireMachine(db, flavor, image)
  if (input.keyName && !key)
    throw invalid(
      'keyName',
      `You have no key pair named ${input.keyName}.`,
      'Create or import it first, or leave the key out.',
    )
  return { flavor, image, key, networkIds, placement }
}

/** The networks that were chosen (checked when their addresses are taken), or else the only one there is. */
async function chooseNetworks(db: Db | Tx, projectId: string, chosen: string[]): Promise<string[]> {
  if (chosen.length > 0) return chosen
  const found = await db.network.findMany({
    where: { OR: [{ projectId }, { shared: true }], deleting: false },
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
