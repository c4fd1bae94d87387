import type { RouterOutputs } from '#trpc/client.ts'

export type Flavor = RouterOutputs['compute']['flavors']['list']['items'][number]
export type Image = RouterOutputs['image']['images']['list']['items'][number]
export type Network = RouterOutputs['network']['networks']['list']['items'][number]
export type KeyPair = RouterOutputs['compute']['keyPairs']['list']['items'][number]
export type Zone = RouterOutputs['compute']['zones']['list'][number]
export type ServerGroup = RouterOutputs['compute']['serverGroups']['list']['items'][number]
type Quotas = RouterOutputs['identity']['quotas']['show']

const gib = 1024 ** 3

/** Why an image does not run on a flavor, or null when it does. */
export function whyTooSmall(flavor: Flavor, image: Image | undefined): string | null {
  if (!image) return null
  if (flavor.ramMib < image.minRamMib)
    return `${image.name} needs ${image.minRamMib} MiB of memory; this has ${flavor.ramMib}.`
  if (flavor.diskGib > 0 && flavor.diskGib < image.minDiskGib)
    return `${image.name} needs a disk of ${image.minDiskGib} GiB; this has ${flavor.diskGib}.`
  if (flavor.diskGib > 0 && image.virtualSize !== null && image.virtualSize > flavor.diskGib * gib)
    return `The disk of ${image.name} is larger than ${flavor.diskGib} GiB.`
  return null
}

/** Images with the copies of instances (snapshots and backups) after all others, so that one of the others is chosen first. */
export function basesFirst<Each extends Pick<Image, 'properties'>>(images: readonly Each[]): Each[] {
  const isCopy = ({ properties }: Each) => /^(snapshot|backup)$/.test(properties.image_type ?? '')
  return [...images.filter((image) => !isCopy(image)), ...images.filter(isCopy)]
}

/** Networks with external ones, which instances seldom join, after all others. */
export const ownFirst = <Each extends Pick<Network, 'external'>>(networks: readonly Each[]): Each[] => [
  ...networks.filter(({ external }) => !external),
  ...networks.filter(({ external }) => external),
]

/** The flavor that is chosen unless somebody chooses: the smallest that the image runs on. */
export const defaultFlavor = (flavors: readonly Flavor[], image: Image | undefined): Flavor | undefined =>
  flavors.find((flavor) => !flavor.disabled && whyTooSmall(flavor, image) === null)

/** The network that is chosen unless somebody chooses: an own one that gives out addresses, else a shared one. */
export const defaultNetwork = (networks: readonly Network[]): Network | undefined => {
  const usable = networks.filter((network) => whyNoNetwork(network) === null)
  return usable.find((network) => !network.shared) ?? usable[0]
}

/** Why no instance can join a network, or null when one can. */
export function whyNoNetwork(network: Network): string | null {
  if (network.external && !network.shared)
    return 'It is an external network: routers and floating IPs lead to it.'
  if (network.status !== 'ACTIVE') return `It is ${network.status.toLowerCase()}.`
  if (network.subnets.length === 0) return 'It has no subnet, so it gives no addresses.'
  // Every instance gets one of IPv4 where there is any.
  const four = network.subnets.filter(({ ipVersion }) => ipVersion === 4)
  const counted = four.length > 0 ? four : network.subnets
  if (counted.every((subnet) => subnet.used >= subnet.total)) return 'It has no free address.'
  return null
}

/** What the instances would take from each quota of the project. */
export const amountsOf = (
  flavor: Flavor | undefined,
  networks: number,
  count: number,
): Record<string, number> => ({
  instances: count,
  cores: count * (flavor?.vcpus ?? 0),
  ram: count * (flavor?.ramMib ?? 0),
  ports: count * networks,
})

/** The quotas that would be exceeded, by resource. */
export function exceeded(quotas: Quotas | undefined, amounts: Record<string, number>): string[] {
  return (quotas ?? [])
    .filter(
      ({ resource, used, limit }) =>
        limit >= 0 && used + (amounts[resource] ?? 0) > limit && (amounts[resource] ?? 0) > 0,
    )
    .map(({ resource }) => resource)
}

const adjectives = ['calm', 'bright', 'quiet', 'swift', 'gentle', 'clear', 'high', 'soft', 'bold', 'early']
const nouns = [
  'cirrus',
  'cumulus',
  'stratus',
  'nimbus',
  'altus',
  'breeze',
  'summit',
  'horizon',
  'aurora',
  'haze',
]

/** A name to begin with, so that none has to be invented: "calm-cirrus-42". */
export function suggestName(random: () => number = Math.random): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)]!
  return `${pick(adjectives)}-${pick(nouns)}-${Math.floor(random() * 90) + 10}`
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** The same call for a terminal. The token is read from the environment, never printed. */
export function equivalentCurl(apiUrl: string, verb: string, input: Record<string, unknown>): string {
  const body = JSON.stringify({ json: input })
  return [
    `curl -X POST ${apiUrl}/trpc/${verb} \\`,
    `  -H "Authorization: Bearer $NEPHOS_TOKEN" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${quoted(body)}`,
  ].join('\n')
}
