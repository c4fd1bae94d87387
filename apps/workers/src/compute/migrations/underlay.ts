import { NephosError, type Services } from '@nephos/core'
import { underlayOf } from '../../network/drivers/index.ts'
import type { ComputeDriver } from '../driver.ts'
import type { Underlay } from '../transfer/offer.ts'

/**
 * How machines and their files travel from this host. Simulated ones do so outside of the namespaces of a lab, where
 * its addresses are not known.
 * @throws NephosError unsupported when this host stands alone
 */
export function moveUnderlay(
  { config }: Pick<Services, 'config'>,
  driver: Pick<ComputeDriver, 'name'>,
): Underlay {
  const underlay = underlayOf(config)
  if (driver.name === 'simulated')
    return { address: underlay?.netns === null ? underlay.ip : '127.0.0.1', netns: null }
  if (underlay) return { address: underlay.ip, netns: underlay.netns }
  throw new NephosError(
    'unsupported',
    `The host ${config.hostName} stands alone: other hosts cannot reach it.`,
    {
      remedy: 'Give it an address between the hosts (underlay_ip), or start several hosts with up --hosts.',
    },
  )
}
