import type { Db, Flavor, Image, Prisma, Tx } from '@nephos/db'
import { NephosError } from '../../kernel/errors.ts'
import { hostLacks } from './host-lacks.ts'
import { machineOptions } from './options.ts'

/**
 * Checks that what image and flavor say of the machine is well-formed, and that some host can make it. Ordinary
 * machines cost no question to the database.
 * @param among the hosts that it could be on
 * @throws NephosError invalid_input naming flavorId or imageId
 */
export async function requireMachine(
  db: Db | Tx,
  flavor: Pick<Flavor, 'vcpus' | 'extraSpecs'>,
  image: Pick<Image, 'properties'>,
  among: Prisma.HostWhereInput = { enabled: true },
): Promise<void> {
  const options = machineOptions({
    vcpus: flavor.vcpus,
    extraSpecs: flavor.extraSpecs,
    imageProperties: image.properties,
  })
  if (options.firmware === 'bios' && !options.cpuLimits) return
  const hosts = await db.host.findMany({ where: among, select: { facts: true } })
  const lacks = hosts.map(({ facts }) => hostLacks(options, facts))
  if (hosts.length === 0 || lacks.includes(null)) return
  throw new NephosError('invalid_input', `No host can make this machine. ${lacks[0]}`, {
    field: hostLacks({ ...options, cpuLimits: null }, hosts[0]!.facts) ? 'imageId' : 'flavorId',
    remedy: 'Choose another image or flavor, or ask an administrator.',
  })
}
