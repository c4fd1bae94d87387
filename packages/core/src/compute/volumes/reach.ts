import { conflict, type MutationTx } from '../../kernel/index.ts'

/**
 * Checks that a host can reach the bytes of a volume. One that has no back end yet is checked when it is connected.
 * @throws NephosError conflict with the reason of the back end
 */
export async function requireReachable(
  { db }: Pick<MutationTx, 'db'>,
  volumeIds: readonly string[],
  hostName: string,
): Promise<void> {
  const volumes = await db.volume.findMany({
    where: { id: { in: [...volumeIds] }, backend: { hostName: { not: hostName } } },
    select: { id: true, name: true, backend: { select: { abilities: true, name: true, driver: true } } },
    orderBy: { id: 'asc' },
  })
  for (const { id, name, backend } of volumes) {
    const acrossHosts = (backend?.abilities as { acrossHosts?: true | string } | null)?.acrossHosts
    if (acrossHosts === true) continue
    const why = typeof acrossHosts === 'string' ? acrossHosts : 'Only its own host reaches it.'
    throw conflict(`The host of the instance cannot reach the volume ${name || id}. ${why}`, {
      remedy: 'Retype the volume to a type whose back end is reached over the network, or move the instance.',
      detail: { volumeId: id, driver: backend?.driver ?? null },
    })
  }
}
